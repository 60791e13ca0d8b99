"""One pack knows nothing of another: figures, settings, modules, names, random numbers, files, secrets."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from forked import is_running
from packs_at_work import pack_of, printed, private_folders

from csworkbench.report.execute import execute
from csworkbench.report.leash import Leashes
from csworkbench.report.limits import Limits

pytestmark = [
    pytest.mark.xdist_group("kernels"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kernels are forked on Linux only"),
]

LEAVE_TRACES = """
import builtins, os, sys, warnings
import matplotlib, matplotlib.pyplot as plt, numpy, pandas
plt.plot([1, 2]); figure = plt.figure(); plt.ioff()
matplotlib.rcParams["font.size"] = 33
pandas.set_option("display.max_rows", 7)
pandas.leaked = builtins.leaked = sys.leaked = 1
numpy.seterr(all="raise"); warnings.simplefilter("error")
os.environ["LEAKED"] = "1"; sys.path.append("/leaked"); sys.setrecursionlimit(2000)
open("leaked.txt", "w").close(); os.chdir("/")
"""
SEE_TRACES = """
import builtins, os, sys, warnings
import matplotlib, matplotlib.pyplot as plt, numpy, pandas
print(plt.get_fignums(), matplotlib.rcParams["font.size"], plt.isinteractive(), pandas.get_option("display.max_rows"))
print([hasattr(thing, "leaked") for thing in (pandas, builtins, sys)], numpy.geterr()["over"], len(warnings.filters))
print("LEAKED" in os.environ, "/leaked" in sys.path, sys.getrecursionlimit(), "figure" in globals())
print(os.path.exists("leaked.txt"), os.path.realpath(os.environ["TMPDIR"]) == os.getcwd())
"""


def test_a_pack_sees_nothing_that_another_one_left() -> None:
    before = printed(SEE_TRACES)
    assert printed(LEAVE_TRACES, "print(plt.get_fignums())") != ""
    assert printed(SEE_TRACES) == before
    assert before.splitlines()[0].startswith("[] 10.0")
    assert before.splitlines()[-1] == "False True"


def test_a_figure_is_shown_once_in_its_own_pack_and_in_no_other() -> None:
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2]); None"
    for _ in range(2):
        cells = execute(pack_of(draw, "1 + 1"), Limits(), Leashes()).cells
        shown = [[sorted(output.get("data", {})) for output in cell.outputs] for cell in cells]
        assert shown[-2:] == [[["image/png", "text/plain"]], [["text/plain"]]]


def test_each_pack_has_random_numbers_of_its_own() -> None:
    load = "import random, uuid, numpy, tempfile"
    ask = f"{load}\nprint(random.random(), numpy.random.random(), uuid.uuid4(), tempfile.mktemp())"
    first, second = printed(ask).split(), printed(ask).split()
    assert len(first) == 4
    assert set(first).isdisjoint(second)


FOLDER = """
import os, stat
sockets = [name for name in os.listdir(".") if stat.S_ISSOCK(os.stat(name).st_mode)]
print(os.getcwd(), oct(stat.S_IMODE(os.stat(".").st_mode)), len(sockets))
"""


def test_a_pack_works_in_a_private_folder_that_nobody_else_may_enter_and_that_is_gone_afterwards() -> None:
    folder, mode, sockets = printed(FOLDER).split()
    assert (int(mode, 8) & 0o777, sockets) == (0o700, "5")
    assert not Path(folder).exists()
    assert Path(folder) not in private_folders()


LISTENING = """
import os, re
links = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd")]
names = [os.readlink(link) for link in links if os.path.islink(link)]
own = {re.search("[0-9]+", name)[0] for name in names if name.startswith("socket:")}
lines = [line.split() for kind in ("tcp", "tcp6") for line in open(f"/proc/net/{kind}")]
ports = [int(line[1].rpartition(":")[2], 16) for line in lines if line[9] in own]
# The one that ipykernel opens takes in what forked subprocesses print, and gives nothing away.
print(set(ports) - {get_ipython().kernel.iopub_thread._pipe_port})
"""


def test_a_kernel_can_be_asked_or_read_by_nobody_over_the_network() -> None:
    assert printed(LISTENING) == "set()"


def test_a_secret_of_one_pack_is_nowhere_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = "import os; print(os.environ.get('CSW_SECRET'), b'hunter22' in open('/proc/self/environ', 'rb').read())"
    above = "; print(b'hunter22' in open(f'/proc/{os.getppid()}/environ', 'rb').read())"
    monkeypatch.setenv("CSW_SECRET", "hunter22")
    assert printed(ask + above).split() == ["hunter22", "False", "False"]
    monkeypatch.delenv("CSW_SECRET")
    assert printed(ask + above).split() == ["None", "False", "False"]


def test_a_variable_read_at_the_start_of_python_is_that_of_the_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed("import sys; print(sys.flags.hash_randomization, hash('a') == hash('a'))") == "0 True"
    first = printed("print(hash('csworkbench'))")
    assert printed("print(hash('csworkbench'))") == first
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert printed("import time; print(time.tzname[0])") == "JST"


FIT = """
import numpy
from sklearn.ensemble import HistGradientBoostingClassifier
made = numpy.random.default_rng(1)
x = made.normal(size=(5000, 20)); y = x[:, 0] + x[:, 1] ** 2 > 0.5
print(HistGradientBoostingClassifier(max_iter=20).fit(x, y).score(x, y) > 0.9)
"""


def test_gradient_boosting_fits_inside_a_forked_kernel() -> None:
    for _ in range(2):
        assert printed(FIT, limits=Limits(cell_seconds=60)) == "True"


QUERY = """
import duckdb, pandas
pandas.DataFrame({"a": range(1000)}).to_parquet("x.parquet")
total = duckdb.connect().sql("select sum(a) from 'x.parquet'").fetchall()[0][0]
print(total, pandas.read_parquet("x.parquet").a.sum())
"""
MEMORY = """
import os
lines = [line.split() for line in open("/proc/self/smaps_rollup")]
print(os.getppid(), sum(int(line[1]) for line in lines if line[0].startswith("Private")))
"""


def test_a_database_is_queried_and_parquet_is_read_inside_a_forked_kernel() -> None:
    assert printed(QUERY) == "499500 499500"


def test_packs_share_the_memory_of_the_template() -> None:
    parent, private_kib = map(int, printed(MEMORY).split())
    assert is_running(parent)
    assert parent != os.getpid()
    assert private_kib / 1024 < 60
