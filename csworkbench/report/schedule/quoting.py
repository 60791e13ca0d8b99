"""One text in the notation of each scheduler; every one has other characters that it would read as orders."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence

from ...errors import CsworkbenchError

_PERCENT = re.compile(r"(\\?)%")


def for_shell(words: Sequence[str]) -> str:
    """Words of a POSIX shell."""
    return shlex.join(words)


def for_cron(text: str) -> str:
    r"""A shell text in a crontab, where % is a line break unless written \%.

    A backslash that stands before a % in the text is kept apart from it by closing and opening its quotes.
    """
    return _PERCENT.sub(lambda found: r"\''\%" if found[1] else r"\%", text)


def for_systemd(words: Sequence[str]) -> str:
    """Words of ExecStart. See systemd.service(5), "Command lines"."""
    if set(words[0]) & set("\"'\\$"):
        said = f"the program {words[0]} has a quote, a backslash or a $ in its path, which systemd does not take"
        raise CsworkbenchError(f"{said}. Install csworkbench elsewhere.")
    return " ".join(_systemd_word(word) for word in words)


def _systemd_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def path_for_systemd(path: str) -> str:
    """A path that is the whole value of a setting: blanks and quotes stand for themselves, % does not."""
    if path.endswith("\\") or path != path.strip():
        raise CsworkbenchError(f'"{path}" ends or begins with a blank or a backslash, which systemd drops. Rename it.')
    return path.replace("%", "%%")


def for_yaml(text: str) -> str:
    """A double-quoted scalar of YAML, in which GitHub finds no expression."""
    if "${{" in text:
        raise CsworkbenchError(f'"{text}" holds ${{{{, which GitHub takes for an expression. Rename it.')
    return json.dumps(text, ensure_ascii=False)
