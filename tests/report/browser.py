"""A real browser, without a window."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

WAIT = "--virtual-time-budget=2000"


def opened(chromium: str, page: str, folder: Path, *options: str) -> str:
    """The document as it stands after Chromium has opened the page."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", profile, WAIT, *options]
    done = subprocess.run(
        [*command, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout


def page_width(chromium: str, page: str, folder: Path, width: int) -> int:
    """How wide the page is, in pixels, in a window of that width; scripts are let in to measure it."""
    measure = "<script>document.title = document.documentElement.scrollWidth + ' of ' + innerWidth</script>"
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    inner = html.escape(open_page.replace("</body>", f"{measure}</body>"))
    outer = f"<!DOCTYPE html><title>x</title><iframe id=f width={width} height=800 style='border:0' srcdoc='{inner}'>"
    outer += "</iframe><script>f.onload = () => document.title = f.contentDocument.title</script>"
    (found,) = re.findall(r"<title>(\d+) of (\d+)", opened(chromium, outer, folder))
    assert int(found[1]) == width
    return int(found[0])
