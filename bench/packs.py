"""What a page costs: CPU and size of every kind of pack, beside stock nbconvert on the same executed notebooks.

python bench/packs.py [--rounds 5] [--kinds executive segment …]

Every kind of pack of the sample in both languages, of its first unit. Prints, per pack: CPU of rendering (nbconvert,
sanitising, writing) and bytes of both sides, and what the stock page asks for or leaves undescribed; then what drawing
an exhibit costs, and each goal as reached or not. Ends with 1 when a goal was missed.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkbench import cli
from csworkbench.report.execute import execute
from csworkbench.report.files import write_atomically
from csworkbench.report.leash import Leashes
from csworkbench.report.ledger import FOLDER
from csworkbench.report.limits import Limits
from csworkbench.report.marts import Marts, read_marts
from csworkbench.report.plan import Pack, Scope, plan_packs
from csworkbench.report.publish import render_pack
from csworkbench.report.tasks import PackTask, tasks_of
from csworkbench.report.templates import chosen_templates
from csworkbench.story.pack import open_pack

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
QUARTER = "2026Q3"
LANGUAGES = ("en", "ja")
RENDER_MS, EXHIBIT_MS, SEGMENT_BYTES = 150.0, 120.0, 350_000


@dataclass(frozen=True)
class Measured:
    """One pack. ours, stock: CPU milliseconds, median. bytes: of the page. asks: addresses that the stock page loads.

    undescribed: its pictures without a text of their own. exhibits: in our page.
    """

    name: str
    ours: float
    stock: float
    ours_bytes: int
    stock_bytes: int
    asks: int
    undescribed: int
    exhibits: int


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and say whether every goal was reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kinds", nargs="*", default=[])
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="csworkbench-bench-") as folder:
        marts = _marts(Path(folder))
        packs = [_measured(task, Path(folder), options.rounds) for task in _tasks(marts, options.kinds)]
        drawn = dict(_drawing(marts, options.rounds))
    _print_packs(packs)
    _print_exhibits(drawn)
    return 0 if all([*_goals(packs, drawn)]) else 1


def _marts(folder: Path) -> Marts:
    """The marts of the sample's quarter, all that some pack reads."""
    chosen = ["--quarter", QUARTER, "--only", f"executive-{QUARTER}-en", "--output", str(folder / "out")]
    cli.main(["qbr", str(SAMPLE), *chosen])
    marts = read_marts(folder / "out" / FOLDER)
    assert marts is not None
    return marts


def _tasks(marts: Marts, kinds: Sequence[str]) -> list[PackTask]:
    units: dict[str, Any] = {kind: sorted(names)[:1] for kind, names in marts.facts.units.items()}
    offered = {**{name: str(folder) for name, folder in marts.folders.items()}, "as_of": marts.facts.as_of}
    templates, _ = chosen_templates(kinds)
    scope = Scope(QUARTER, LANGUAGES, {**units, "lang": LANGUAGES}, {**offered, "previous": None})
    return tasks_of(plan_packs(templates, scope).packs, marts, Limits())


def _measured(task: PackTask, folder: Path, rounds: int) -> Measured:
    notebook = execute(task.pack, task.limits, Leashes())
    ours, stock = folder / "ours.html", folder / "stock.html"
    ours_ms = _cpu_ms(lambda: write_atomically(ours, render_pack(notebook, task.page).encode()), rounds)
    stock_ms = _cpu_ms(lambda: stock.write_text(_stock(notebook), encoding="utf-8"), rounds)
    page, other = ours.read_text("utf-8"), stock.read_text("utf-8")
    return Measured(
        _name(task.pack),
        ours_ms,
        stock_ms,
        ours.stat().st_size,
        stock.stat().st_size,
        len(re.findall(r'(?:src|href)="https?://', other)),
        len(re.findall(r'<img(?![^>]* alt="[^"]+")|No description has been provided', other)),
        page.count('class="cs-exhibit'),
    )


def _name(pack: Pack) -> str:
    return f"{pack.kind} {pack.lang}"


def _stock(notebook: Any) -> str:
    from nbconvert.exporters import HTMLExporter

    exporter: Any = HTMLExporter(exclude_input=True)  # type: ignore[no-untyped-call]
    body, _ = exporter.from_notebook_node(notebook)
    return str(body)


def _drawing(marts: Marts, rounds: int) -> Iterator[tuple[str, float]]:
    """Exhibit with a picture → CPU milliseconds to draw and write it, median over the rounds."""
    pack = open_pack(marts.folders["measures"], QUARTER, segment=sorted(marts.facts.units["segment"])[0], lang="ja")
    for name in pack.exhibits:
        if pack.exhibit(name).figure_svg:
            yield name, _cpu_ms(lambda name=name: str(pack.exhibit(name).html), rounds)


def _cpu_ms(work: Callable[[], object], rounds: int) -> float:
    """Median CPU of the work; the first round fills what is kept and does not count."""
    work()
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append(1000 * (time.process_time() - started))
    return statistics.median(times)


def _print_packs(packs: Sequence[Measured]) -> None:
    heads = ("CPU ms", "stock", "kB", "stock", "exhibits", "stock asks", "undescribed")
    print(f"{'pack':<22}" + "".join(map("{:>12}".format, heads)))
    for p in packs:
        values = (p.ours, p.stock, p.ours_bytes / 1000, p.stock_bytes / 1000, p.exhibits, p.asks, p.undescribed)
        print(f"{p.name:<22}" + "".join(map("{:>12.0f}".format, values)))


def _print_exhibits(drawn: dict[str, float]) -> None:
    slowest = sorted(drawn.items(), key=lambda item: -item[1])[:5]
    print(f"exhibit drawn: median {statistics.median(drawn.values()):.0f} ms of CPU over {len(drawn)} pictures")
    print("  slowest: " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in slowest))


def _goals(packs: Sequence[Measured], drawn: dict[str, float]) -> Iterator[bool]:
    segments = [pack for pack in packs if pack.name.startswith("segment ")]
    yield _goal("CPU of rendering, slowest pack", max(p.ours for p in packs), RENDER_MS, "ms")
    yield _goal("one exhibit drawn, median", statistics.median(drawn.values()), EXHIBIT_MS, "ms")
    for pack in segments:
        yield _goal(f"{pack.name}, all {pack.exhibits} exhibits", pack.ours_bytes / 1000, SEGMENT_BYTES / 1000, "kB")


def _goal(what: str, value: float, most: float, unit: str) -> bool:
    print(f"{'reached' if value <= most else 'MISSED '}  {what}: {value:.0f} {unit} (at most {most:.0f})")
    return value <= most


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
