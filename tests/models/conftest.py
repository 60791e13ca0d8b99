"""The small company of the metrics is also that of the models."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "metrics"))
