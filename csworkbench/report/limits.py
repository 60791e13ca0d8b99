"""How much one pack may take, and how much a whole run."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """Seconds that a kernel may take to start, one cell to run, and a whole pack; memory of its kernel in MiB."""

    start_seconds: int = 120
    cell_seconds: int = 900
    pack_seconds: float = 1800
    memory_mib: int | None = None


@dataclass
class Bounds:
    """When a run gives up. retries: further tries of a pack whose kernel died or that took too long.

    run_seconds: from `begun` (of time.monotonic) on, for all packs together.
    """

    retries: int = 1
    run_seconds: float = math.inf
    begun: float = field(default_factory=time.monotonic)

    @property
    def are_passed(self) -> bool:
        """Whether the run has taken longer than it may."""
        return time.monotonic() - self.begun > self.run_seconds

    @property
    def seconds_so_far(self) -> float:
        """How long the run has taken by now."""
        return round(time.monotonic() - self.begun, 3)
