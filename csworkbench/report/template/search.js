(() => {
  const box = document.getElementById("find"), count = document.getElementById("found");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const groups = [...document.querySelectorAll("section.cs-group")].map((group) => ({
    group, rows: [...group.querySelectorAll("tbody tr")].map((row) => ({ row, text: plain(row.textContent) })),
  }));
  box.addEventListener("input", () => {
    const wanted = plain(box.value).trim();
    let found = 0;
    for (const { group, rows } of groups) {
      for (const { row, text } of rows) row.hidden = !text.includes(wanted);
      const shown = rows.filter(({ row }) => !row.hidden).length;
      group.hidden = !shown;
      found += shown;
    }
    count.textContent = wanted ? count.dataset.words.replace("{n}", found) : "";
  });
  box.closest(".cs-find").hidden = false;
})();
