"""A command of the company that is told how a run ended: a mail, a webhook, anything that reads JSON."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..errors import CsworkbenchError
from .redact import redactor

HOOK_SECONDS = 60.0
STANDARD_ERROR = 2
OUTCOMES = {0: "succeeded", 1: "failed", 2: "refused", 130: "interrupted"}


def hook_words(command: str) -> list[str]:
    """Program and arguments of a hook; CsworkbenchError when there is no such program or a quote is not closed."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise CsworkbenchError(f"--hook {command}: {error}. Quote it as for a shell.") from None
    if not words:
        raise CsworkbenchError("--hook names no command.")
    if shutil.which(words[0]) is None:
        raise CsworkbenchError(f"--hook: there is no program {words[0]}. There is no shell: name a program.")
    return words


def run_hook(words: list[str], summary: Mapping[str, Any], timeout_seconds: float = HOOK_SECONDS) -> str:
    """Run the hook with the summary as JSON on its input; why it failed in one line, "" when it did not.

    There is no shell; what it prints goes to the standard error. After timeout_seconds it is killed with all that it
    started.
    """
    text = json.dumps(summary, ensure_ascii=False).encode()
    try:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=STANDARD_ERROR, start_new_session=True)
    except OSError as error:
        return _told(f"the hook {words[0]} could not be started: {error.strerror}")
    try:
        process.communicate(text, timeout=timeout_seconds)
    except BaseException as error:
        _kill(process)
        if isinstance(error, subprocess.TimeoutExpired):
            return _told(f"the hook {words[0]} took longer than {timeout_seconds:g} seconds")
        raise
    return _told(f"the hook {words[0]} ended with exit code {process.returncode}") if process.returncode else ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _told(reason: str) -> str:
    return redactor(os.environ)(reason)


def told_of_end(
    exit_code: int, summary: Mapping[str, Any] | None, error: BaseException | None = None
) -> dict[str, Any]:
    """What a hook is told: outcome, exit_code and reason, and the summary of the run where there is one.

    exit_code: that of the command line, 0 good, 1 a pack failed, 2 refused, 130 interrupted.
    """
    reason = "" if error is None else _told(str(error) or type(error).__name__)
    return {"outcome": OUTCOMES.get(exit_code, "failed"), "exit_code": exit_code, "reason": reason, **(summary or {})}
