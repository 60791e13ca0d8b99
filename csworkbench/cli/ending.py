"""The end of a run: what is told to a person, to a hook, and to whoever reads the exit code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ..errors import CsworkbenchError
from .options import FAILED, GOOD, INTERRUPTED, REFUSED

if TYPE_CHECKING:
    from ..report.results import Summary


def ended(hook: str | None, run: Callable[[], Summary]) -> int:
    """The exit code of a run whose summary is printed; a hook that fails makes a good run a failed one.

    The hook is told also of a run that was refused or broke off, which is raised afterwards.
    """
    from ..report.hook import hook_words
    from ..report.progress import closing_lines

    words = hook_words(hook) if hook else []
    try:
        summary = run()
    except BaseException as error:
        _tell(words, _code_of(error), error=error)
        raise
    click.echo(closing_lines(summary))
    code = INTERRUPTED if summary.interrupted else GOOD if summary.is_good else FAILED
    is_told = _tell(words, code, summary)
    return code if is_told else code or FAILED


def _tell(words: list[str], code: int, summary: Summary | None = None, error: BaseException | None = None) -> bool:
    """Run the hook, if there is one; whether it did not fail."""
    from ..report.hook import run_hook, told_of_end

    if not words:
        return True
    failure = run_hook(words, told_of_end(code, summary.as_json() if summary else None, error))
    if failure:
        click.echo(failure, err=True)
    return not failure


def _code_of(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    return REFUSED if isinstance(error, CsworkbenchError | OSError | click.ClickException) else FAILED
