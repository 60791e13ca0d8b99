"""What comes of a kernel's messages: all of them, in their order, and none that the kernel did not sign."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_client.session import Session
from packs_at_work import failure_of, pack_of, printed

from csworkbench.report.conversation import Conversation
from csworkbench.report.execute import execute
from csworkbench.report.leash import Leashes
from csworkbench.report.limits import Limits

pytestmark = pytest.mark.xdist_group("kernels")


def outputs(*sources: str) -> list[list[Any]]:
    """The outputs of each cell of a pack, those of the parameters left out."""
    made: Any = execute(pack_of(*sources), Limits(), Leashes())
    return [cell.outputs for cell in made.cells[2:]]


def test_every_message_of_a_talkative_cell_arrives_in_its_order() -> None:
    shown = outputs("for n in range(500): display({'text/plain': str(n)}, raw=True)")[0]
    assert [output["data"]["text/plain"] for output in shown] == [str(n) for n in range(500)]


def test_a_cell_that_is_silent_for_seconds_is_waited_for() -> None:
    assert printed("import time; time.sleep(2.5); print('late')") == "late"


def test_a_display_that_is_changed_later_shows_its_last_state() -> None:
    made = outputs("shown = display('first', display_id=True)", "shown.update('second')")
    assert [output["data"]["text/plain"] for output in made[0]] == ["'second'"]
    assert made[1] == []


def test_what_a_cell_clears_is_gone() -> None:
    clear = "from IPython.display import clear_output\nprint('draft'); clear_output(wait=True); print('final')"
    assert ["".join(output["text"]) for output in outputs(clear)[0]] == ["final\n"]


def test_an_error_ends_the_pack_with_the_number_of_its_cell() -> None:
    failure = failure_of("1 + 1", "1 / 0", "print('never')")
    assert (failure.outcome, failure.cell) == ("cell_error", 3)
    assert "division by zero" in failure.reason


def conversation(session: Session) -> Conversation:
    """One that reads frames without any socket."""
    found = Conversation.__new__(Conversation)
    found.session = session
    return found


def test_a_message_is_read_when_it_is_signed_and_refused_otherwise() -> None:
    session = Session(key=b"secret")
    message = session.msg("status", {"execution_state": "idle"})
    frames = session.serialize(message)
    read = conversation(session)._read(frames)
    assert (read["msg_type"], read["content"]) == ("status", {"execution_state": "idle"})
    assert read["header"]["date"] == json.loads(frames[2])["date"]
    for place, planted in ((1, b"0" * 64), (5, b'{"execution_state": "busy"}')):
        with pytest.raises(ValueError, match="not signed"):
            conversation(session)._read([*frames[:place], planted, *frames[place + 1 :]])


def test_a_kernel_that_is_gone_is_asked_about_in_every_second_of_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bool] = []
    silent = conversation(Session())
    silent.poller = SimpleNamespace(poll=lambda milliseconds: [])  # type: ignore[assignment]
    silent.must_live = lambda: looked.append(True)
    assert list(silent._came(float("inf"))) == []
    assert looked == [True]
