"""Everything that an explorer opens towards a front end is a plain Jupyter widget, as VS Code's notebooks know it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client import BlockingKernelClient, KernelManager
from places import ROOT

WIDGET = "application/vnd.jupyter.widget-view+json"
STANDARD = {"@jupyter-widgets/base", "@jupyter-widgets/controls", "anywidget"}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    """A kernel without any front end, which answers as one before which somebody sits."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(ROOT))
    found = manager.blocking_client()
    found.start_channels()
    found.wait_for_ready(timeout=60)
    yield found
    found.stop_channels()
    manager.shutdown_kernel(now=True)


def said(client: BlockingKernelClient, code: str) -> list[dict[str, Any]]:
    """Every message that the kernel sends to all its front ends while it runs the code."""
    asked, found = client.execute(code, allow_stdin=True), []
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") == asked:
            found.append(message)
            if (message["msg_type"], message["content"].get("execution_state")) == ("status", "idle"):
                return found


@pytest.mark.parametrize("call", ["desk.cohorts('standard')", "desk.journey('standard')", "desk.what_if()"])
def test_an_explorer_speaks_the_protocol_of_jupyter_widgets_and_nothing_else(
    client: BlockingKernelClient, workspace: Path, call: str
) -> None:
    opened = f"from csworkbench.explore import open_desk\ndesk = open_desk({str(workspace)!r})\n{call}"
    messages = said(client, opened)
    assert not [each["content"] for each in messages if each["msg_type"] == "error"]
    opened_comms = [each["content"] for each in messages if each["msg_type"] == "comm_open"]
    assert opened_comms and {each["target_name"] for each in opened_comms} == {"jupyter.widget"}
    states = [each["data"]["state"] for each in opened_comms]
    assert {state[key] for state in states for key in ("_model_module", "_view_module") if state[key]} <= STANDARD
    [result] = [each["content"]["data"] for each in messages if each["msg_type"] == "execute_result"]
    assert set(result) == {WIDGET, "text/html", "text/plain"}
    assert result["text/html"].startswith("<figure") and "data:image/svg+xml" in result["text/html"]


def test_the_static_answer_asks_nothing_of_a_server_and_of_no_script(
    client: BlockingKernelClient, workspace: Path
) -> None:
    messages = said(client, f"import csworkbench as cs\ncs.open_desk({str(workspace)!r}).cohorts('standard')")
    [result] = [each["content"]["data"] for each in messages if each["msg_type"] == "execute_result"]
    html = result["text/html"].replace("http://www.w3.org", "")
    assert "<script" not in html and "http" not in html
