"""All frames that look ahead of a day, and how such forecasts did before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import pandas as pd

from ...data.snapshot import Snapshot
from ..frames import shaped
from ..panel import Panel
from . import ltv as lifetime
from . import whitespace as space
from .forecast import forecast
from .forecast_errors import last_quarter, recomputed_errors
from .forecaster import Forecaster


@dataclass(frozen=True)
class Outlook:
    """frames: `forecast`, `forecast_errors`, `whitespace`, `ltv`, as `models.frames` describes them.

    absent: frame → why it is not there.
    """

    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, str]


def outlook(snapshot: Snapshot, panel: Panel, as_of: date, seed: int = 0) -> Outlook:
    """The frames as of the day, from what was known on it. panel: of the snapshot, until `as_of`.

    `forecast_errors` are recomputed as of then; a run that has sealed forecasts puts them first with `with_sealed`.
    """
    view, forecaster = snapshot.as_of(as_of), Forecaster(snapshot, panel, seed)
    reasons = {
        "forecast": forecaster.reason_against(as_of),
        "forecast_errors": forecaster.reason_against(last_quarter(forecaster, as_of).opening),
        "whitespace": space.reason_against(view),
        "ltv": lifetime.reason_against(view),
    }
    absent = {name: reason for name, reason in reasons.items() if reason}
    makers: Mapping[str, Callable[[], pd.DataFrame]] = {
        "forecast": lambda: forecast(forecaster, as_of),
        "forecast_errors": lambda: recomputed_errors(forecaster, as_of),
        "whitespace": lambda: space.whitespace(view),
        "ltv": lambda: lifetime.ltv(view, seed=seed),
    }
    frames = {name: shaped(name, make()) for name, make in makers.items() if name not in absent}
    return Outlook(MappingProxyType(frames), MappingProxyType(absent))
