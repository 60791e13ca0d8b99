// A table of cohorts whose cells are buttons: one tab stop, arrow keys move, Enter or a click chooses.
function render({ model, el }) {
  const status = document.createElement("p");
  status.className = "cs-busy";
  status.setAttribute("role", "status");
  const place = document.createElement("div");
  el.append(status, place);
  const wait = () => {
    status.textContent = model.get("busy");
    place.setAttribute("aria-busy", String(Boolean(model.get("busy"))));
  };
  const draw = () => {
    const { caption, heads, rows } = model.get("table");
    const chosen = JSON.stringify(model.get("chosen"));
    const table = document.createElement("table");
    table.className = heads.length > 20 ? "cs-grid cs-many" : "cs-grid";
    table.createCaption().textContent = caption;
    const top = table.createTHead().insertRow();
    for (const text of heads) top.append(cell("th", text, "col"));
    const body = table.createTBody();
    rows.forEach((row) => {
      const line = body.insertRow();
      line.append(cell("th", row.name, "row"), cell("td", row.n));
      row.cells.forEach((one, period) => line.append(box(row, one, period, chosen)));
    });
    const held = el.contains(document.activeElement);
    place.replaceChildren(table);
    const stop = table.querySelector("[aria-pressed=true]") || table.querySelector("button");
    if (stop) stop.tabIndex = 0;
    if (held && stop) stop.focus();
  };
  const cell = (kind, text, scope) => {
    const made = document.createElement(kind);
    made.textContent = text;
    if (scope) made.scope = scope;
    return made;
  };
  const box = (row, one, period, chosen) => {
    const made = document.createElement("td");
    if (!one.text) {
      made.className = "cs-open";
      made.textContent = one.note;
      return made;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.textContent = one.text;
    button.title = one.title;
    button.setAttribute("aria-label", one.title);
    button.setAttribute("aria-pressed", String(chosen === JSON.stringify([row.key, period])));
    button.style.setProperty("--share", one.depth);
    button.dataset.side = one.side;
    button.addEventListener("click", () => {
      model.set("chosen", [row.key, period]);
      model.save_changes();
    });
    made.append(button);
    return made;
  };
  const move = (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const from = event.target.closest("td");
    if (!step || !from) return;
    event.preventDefault();
    event.stopPropagation();
    const table = from.closest("table");
    let [line, column] = [from.parentElement.rowIndex + step[0], from.cellIndex + step[1]];
    for (; table.rows[line] && table.rows[line].cells[column]; line += step[0], column += step[1]) {
      const button = table.rows[line].cells[column].querySelector("button");
      if (!button) continue;
      event.target.tabIndex = -1;
      button.tabIndex = 0;
      button.focus();
      return;
    }
  };
  el.addEventListener("keydown", move);
  model.on("change:table", draw);
  model.on("change:chosen", draw);
  model.on("change:busy", wait);
  draw();
  wait();
}
export default { render };
