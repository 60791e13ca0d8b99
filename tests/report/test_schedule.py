"""Definitions for schedulers, judged by the schedulers themselves."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT, absent
from workbench import GOOD, write_template

from csworkbench.cli import main
from csworkbench.errors import CsworkbenchError
from csworkbench.metrics.calendar import Quarter
from csworkbench.report.ledger import pack_statuses
from csworkbench.report.schedule import SCHEDULERS, Job, Timing, definition
from csworkbench.report.schedule.quoting import for_cron, for_shell

AWKWARD = "a b'c\"d %e \\% $HOME `id` 会社 100%;&|#!*~"
PLAIN = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))


def job(**changes: object) -> Job:
    values = {"python": sys.executable, "workspace": f"/srv/{AWKWARD}", "folder": f"/srv/{AWKWARD}", "timing": Timing()}
    return Job(**{**values, **changes})


def test_each_scheduler_has_a_definition_and_the_command_line_prints_it(sample, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(sample, "company", ignore=shutil.ignore_patterns(".csworkbench"))
    Path("requirements.txt").write_text("csworkbench\n")
    for scheduler in SCHEDULERS:
        assert main(["schedule", "company", f"--{scheduler}", "--", "--lang", "ja"]) == 0
        printed = capsys.readouterr().out
        assert "csworkbench" in printed and "last" in printed and "ja" in printed
        assert main(["schedule", "company", f"--{scheduler}", "--output", f"to/{scheduler}", "--", "--lang", "ja"]) == 0
        written = [Path(line) for line in capsys.readouterr().out.splitlines()]
        assert "\n".join(file.read_text("utf-8") for file in written) == printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the scheduler"),
        (["--cron", "--", "--onyl", "x"], "--only"),
        (["--cron", "--", "--quarter", "2026Q1"], "--quarter is set by the schedule"),
        (["--cron", "--", "--as-of=2026-01-01"], "--as-of is set by the schedule"),
        (["--cron", "--day", "27", "--days", "3"], "day 27 to day 29"),
        (["--github"], "not below the current folder"),
        (["--airflow", "--env-file", "secrets"], "keeps secrets itself"),
        (["--cron", "--name", "a b"], "is not a name for a job"),
    ],
)
def test_what_could_not_run_at_night_is_refused_now(sample, tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert main(["schedule", str(sample), *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("broken", ["a\nb", "a\rb", "a\0b", "a\u2028b", "a\x1bb", "\udcff"])
@pytest.mark.parametrize("field", ["workspace", "folder", "python", "log", "env_file"])
def test_a_path_with_a_line_break_or_a_control_character_is_refused(broken, field):
    with pytest.raises(CsworkbenchError, match="control character"):
        job(**{field: f"/srv/{broken}"})
    with pytest.raises(CsworkbenchError, match="control character"):
        job(options=("--only", broken))


def test_a_workspace_that_names_its_day_of_exports_is_pointed_out(sample, capsys):
    assert main(["schedule", str(sample), "--cron"]) == 0
    assert "exported_on = 2026-10-05" in capsys.readouterr().err


def days_of(field: str) -> set[int]:
    """The numbers of a field of cron made of lists and ranges."""
    parts = [list(map(int, part.split("-"))) for part in field.split(",")]
    return {number for part in parts for number in range(part[0], part[-1] + 1)}


@pytest.mark.parametrize("start", range(1, 13))
@pytest.mark.parametrize(("day", "days"), [(2, 1), (5, 3), (26, 3)])
def test_cron_fires_on_those_days_after_each_fiscal_quarter_and_on_no_other(start, day, days):
    timing = Timing(start, "UTC", day, days)
    minute, hour, of_month, months, of_week = timing.cron.split()
    assert (minute, hour, of_week) == ("0", "6", "*")
    calendar = [date(2026, 1, 1) + timedelta(n) for n in range(3 * 365)]
    fired = {today for today in calendar if today.day in days_of(of_month) and today.month in days_of(months)}
    quarters = {Quarter.of(today, start) for today in calendar}
    wanted = {quarter.opening + timedelta(day + n) for quarter in quarters for n in range(days)}
    assert fired == wanted & set(calendar)


def after_cron(line: str) -> tuple[str, str]:
    """What cron hands to the shell and to its input, as crontab(5) says: a % not escaped is a line break."""
    command, rest, escaped = [], None, False
    for position, character in enumerate(line):
        if escaped and character == "%":
            command[-1] = "%"
        elif character == "%":
            rest = line[position + 1 :]
            break
        else:
            command.append(character)
        escaped = character == "\\" and not escaped
    return "".join(command), rest or ""


@given(words=st.lists(st.text(PLAIN), min_size=1), quoted=st.just(AWKWARD))
def test_any_words_come_through_cron_and_the_shell_as_they_were(words, quoted):
    command, given_to_input = after_cron(for_cron(for_shell([*words, quoted])))
    assert given_to_input == ""
    assert shlex.split(command) == [*words, quoted]


def fields_and_command(text: str) -> tuple[str, str]:
    line = next(line for line in text.splitlines() if not line.startswith("#"))
    parts = line.split(" ", 5)
    return " ".join(parts[:5]), parts[5]


def test_the_cron_line_runs_keeps_its_log_tells_a_failure_in_one_line_and_keeps_the_exit_code(tmp_path):
    folder, log = tmp_path / AWKWARD, tmp_path / f"log {AWKWARD}"
    folder.mkdir()
    environment = tmp_path / f"environment {AWKWARD}"
    environment.write_text("SEEN='from the file'\n")
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$PWD" "$TZ" "$SEEN" "$@"\necho trouble >&2\nexit 2\n')
    program.chmod(0o755)
    timing = Timing(time_zone="Asia/Tokyo")
    made = job(
        python=str(program),
        folder=str(folder),
        timing=timing,
        options=("--only", AWKWARD),
        log=str(log),
        env_file=str(environment),
    )
    (text,) = definition("cron", made).values()
    command, given_to_input = after_cron(fields_and_command(text)[1])
    assert given_to_input == ""
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == f"csworkbench-qbr ended with exit code 2, see {log}\n"
    told = [str(folder), "Asia/Tokyo", "from the file", "-P", "-m", "csworkbench", "qbr", f"/srv/{AWKWARD}"]
    assert log.read_text().splitlines() == [*told, "--quarter", "last", "--only", AWKWARD, "trouble"]


def test_a_line_longer_than_cron_takes_is_refused():
    with pytest.raises(CsworkbenchError, match="Use shorter paths"):
        definition("cron", job(options=("--only", "x" * 900)))


@pytest.fixture(scope="session")
def systemd() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        absent("systemd-analyze")
    return str(found)


def _run_by_systemd(dumped: str) -> list[str]:
    """The words of a command that systemd prints as a shell would read them; as it runs them, $$ becomes $."""
    read = subprocess.run(["/bin/sh", "-c", f"printf '%s\\0' {dumped}"], capture_output=True, check=True, env={}).stdout
    return [word.replace("$$", "$") for word in read.decode().split("\0")[:-1]]


def test_systemd_accepts_the_units_and_reads_the_command_as_it_was_meant(systemd, tmp_path):
    program = tmp_path / "python 会社 100% %e"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    made = job(python=str(program), options=("--only", AWKWARD), env_file=f"/etc/{AWKWARD}".replace("*", ""))
    texts = definition("systemd", made)
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [systemd, "verify", *(str(tmp_path / name) for name in texts)]
    quiet = subprocess.run(command, capture_output=True, text=True)
    assert (quiet.returncode, quiet.stdout + quiet.stderr) == (0, "")
    loud = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "SYSTEMD_LOG_LEVEL": "debug"})
    told = loud.stdout + loud.stderr
    line = next(line for line in told.splitlines() if line.strip().startswith("Command Line:"))
    assert _run_by_systemd(line.split(":", 1)[1]) == list(made.command)
    assert f"WorkingDirectory: {made.folder}\n" in told
    assert f"StandardOutputFileToAppend: {made.log_file}\n" in told


@pytest.mark.parametrize("timing", [Timing(), Timing(2, "Asia/Tokyo", 2, 1, 0), Timing(4, "America/New_York", 26, 3)])
def test_systemd_fires_when_cron_does_in_the_time_zone_of_the_company(systemd, timing):
    command = [systemd, "calendar", timing.calendar, "--iterations=40", "--base-time=2026-01-01 00:00:00 UTC"]
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "TZ": timing.time_zone}
    )
    found = re.findall(r"(?:Next elapse|Iter\. #\d+): \w+ (\d{4}-\d\d-\d\d) (\d\d):00:00", told.stdout)
    assert len(found) == 40 and {int(hour) for _, hour in found} == {timing.hour}
    fired = {date.fromisoformat(day) for day, _ in found}
    quarters = [Quarter.of(date(2025, 12, 15) + timedelta(days=80 * n), timing.fiscal_year_start) for n in range(80)]
    wanted = sorted({q.closing + timedelta(timing.day + n) for q in quarters for n in range(timing.days)})
    first = next(n for n, day in enumerate(wanted) if day >= min(fired))
    assert min(fired) < date(2026, 4, 30)
    assert sorted(fired) == wanted[first : first + 40]


def test_a_unit_path_that_systemd_would_cut_is_refused():
    with pytest.raises(CsworkbenchError, match="which systemd drops"):
        definition("systemd", job(folder="/srv/reports "))


@pytest.mark.parametrize("broken", ["a'b", 'a"b', "a\\b", "a$b"])
def test_a_program_that_systemd_would_not_start_is_refused(broken):
    with pytest.raises(CsworkbenchError, match="Install csworkbench elsewhere"):
        definition("systemd", job(python=f"/opt/{broken}"))


@pytest.fixture
def cron(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Starts Debian's cron on a crontab of root, in a mount namespace of its own; what it mails lies in that folder."""
    program = shutil.which("cron", path="/usr/sbin:/usr/bin")
    if program is None or subprocess.run(["unshare", "-m", "-p", "-f", "true"], capture_output=True).returncode:
        absent("a cron that may be given its own mounts")
    started: list[subprocess.Popen[bytes]] = []

    def start(crontab: str) -> Path:
        spool, programs, mails, empty = (tmp_path / name for name in ("spool", "programs", "mails", "empty"))
        for folder in (spool, programs, mails, empty):
            folder.mkdir()
        shutil.copy2(str(program), programs / "cron")
        (programs / "sendmail").write_text(f'#!/bin/sh\ncat > "{mails}/$$"\n')
        (programs / "sendmail").chmod(0o755)
        (spool / "root").write_text(crontab, encoding="utf-8")
        (spool / "root").chmod(0o600)
        mounts = {spool: "/var/spool/cron/crontabs", empty: "/etc/cron.d", programs: "/usr/sbin", tmp_path: "/run"}
        orders = [*(f"mount --bind {here} {there}" for here, there in mounts.items()), "exec /usr/sbin/cron -f"]
        command = ["unshare", "-m", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c", " && ".join(orders)]
        started.append(subprocess.Popen(command, start_new_session=True))
        return mails

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def every_minute(made: Job) -> str:
    """The cron definition of a job, with its days taken off."""
    (text,) = definition("cron", made).values()
    when, _ = fields_and_command(text)
    assert when == made.timing.cron
    return text.replace(when, "* * * * *")


def appears(check: Callable[[], object], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not check() and time.monotonic() < end:
        time.sleep(0.5)
    return bool(check())


@pytest.mark.slow
def test_debians_cron_fires_a_run_and_mails_when_one_is_refused(cron, sample, tmp_path):
    folder = tmp_path / AWKWARD
    folder.mkdir()
    template = write_template(folder / "hello.ipynb", GOOD)
    environment = tmp_path / "environment"
    environment.write_text(f"PYTHONPATH='{ROOT}'\n")
    options = ("--packs", template.name, "--only", "*Enterprise*", "--lang", "en", "--output", "out 100%")
    shared = {"folder": str(folder), "env_file": str(environment)}
    good = job(workspace=str(sample), options=options, **shared)
    bad = job(workspace=str(tmp_path / "nothing"), name="bad", **shared)
    mails = cron(every_minute(good) + every_minute(bad))
    output = folder / "out 100%"
    assert appears((output / "index.html").is_file, 150), Path(good.log_file).read_text()
    assert [pack.outcome for pack in pack_statuses(output)] == ["succeeded"]
    log = Path(good.log_file)
    assert appears(lambda: "1 of 1 packs ready" in log.read_text(), 30), log.read_text()
    assert appears(lambda: list(mails.iterdir()), 30)
    assert f"bad ended with exit code 2, see {bad.log_file}" in next(mails.iterdir()).read_text()
    assert "is not a folder" in Path(bad.log_file).read_text()


def workflow(**changes: object) -> dict[str, object]:
    texts = definition("github", job(**changes), python_version="3.11", install="python -m pip install .")
    return dict(yaml.safe_load(next(iter(texts.values()))))


def test_the_workflow_passes_the_published_schema(tmp_path):
    from check_jsonschema import main as check_jsonschema

    texts = definition("github", job(secrets=("CRM_URL",)), python_version="3.11", install="python -m pip install .")
    (name, text), *_ = texts.items()
    file, wrong = tmp_path / name, tmp_path / "wrong.yml"
    file.write_text(text, encoding="utf-8")
    wrong.write_text(text.replace("runs-on", "runs-at"), encoding="utf-8")
    check = ["--builtin-schema", "vendor.github-workflows"]
    done = CliRunner().invoke(check_jsonschema, [*check, str(file)])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(check_jsonschema, [*check, str(wrong)]).exit_code == 1


def test_the_workflow_runs_the_same_words_at_the_time_of_the_company():
    made = workflow(workspace=AWKWARD, secrets=("CRM_URL",), timing=Timing(2, "Asia/Tokyo"))
    assert made[True]["schedule"] == [{"cron": "0 6 5-7 2,5,8,11 *", "timezone": "Asia/Tokyo"}]
    step = next(step for step in made["jobs"]["qbr"]["steps"] if step["name" if "name" in step else "uses"] == MAKE)
    assert shlex.split(step["run"]) == ["python", "-m", "csworkbench", "qbr", AWKWARD, "--quarter", "last"]
    assert step["env"] == {"TZ": "Asia/Tokyo", "CRM_URL": "${{ secrets.CRM_URL }}"}


MAKE = "Make the packs"


def test_a_path_that_github_would_evaluate_is_refused():
    with pytest.raises(CsworkbenchError, match="takes for an expression"):
        workflow(workspace="${{ github.event.issue.title }}")


def test_the_dag_is_python_and_holds_the_command_as_it_was_meant():
    import ast

    made = job(options=("--only", "{{ ds }} \\N{BULLET}"), timing=Timing(4, "Asia/Tokyo"))
    (text,) = definition("airflow", made).values()
    tree = ast.parse(text)
    values = {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)}
    assert values == {
        "COMMAND": list(made.command),
        "FOLDER": made.folder,
        "LOG": made.log_file,
        "TIME_ZONE": "Asia/Tokyo",
    }


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an Airflow's programs: that of CSWORKBENCH_AIRFLOW, or of one installed for this test."""
    named = os.environ.get("CSWORKBENCH_AIRFLOW")
    folder = Path(named) if named else tmp_path_factory.mktemp("airflow") / "bin"
    if not named:
        subprocess.run([sys.executable, "-m", "venv", folder.parent], check=True)
        pip = [folder / "python", "-m", "pip", "install", "--quiet", "apache-airflow>=3,<4"]
        if subprocess.run(pip, capture_output=True).returncode:
            absent("an Airflow that can be installed")
    yield folder
    if not named:
        shutil.rmtree(folder.parent, ignore_errors=True)


@pytest.mark.slow
def test_airflow_imports_the_dag_and_runs_it(airflow, tmp_path):
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho "ran in $PWD with $TZ"\nexit ${FAIL:-0}\n')
    program.chmod(0o755)
    folder = tmp_path / "a b"
    folder.mkdir()
    made = job(python=str(program), folder=str(folder), timing=Timing(4, "Asia/Tokyo"))
    home, (text,) = tmp_path / "home", definition("airflow", made).values()
    (home / "dags").mkdir(parents=True)
    (home / "dags" / "review.py").write_text(text, encoding="utf-8")
    settings = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "PATH": f"{airflow}:/usr/bin:/bin"}

    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**settings, "HOME": str(tmp_path), **more}
        return subprocess.run([airflow / "airflow", *arguments], capture_output=True, text=True, env=environment)

    assert call("db", "migrate").returncode == 0
    listed = call("dags", "list", "--output", "json", "--local")
    assert [dag["dag_id"] for dag in json.loads(listed.stdout[listed.stdout.index("[{") :])] == [made.name], listed
    assert call("dags", "test", made.name).returncode == 0
    assert Path(made.log_file).read_text() == f"ran in {folder} with Asia/Tokyo\n"
    refused = call("dags", "test", made.name, FAIL="2")
    assert refused.returncode != 0 and "ended with exit code 2" in refused.stdout + refused.stderr
