"""One run of a quarter: marts made once, packs planned, those that changed made and published, all of it told."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CsworkbenchError
from ..version import __version__
from .files import only_writer, write_atomically
from .index import write_index
from .keys import Inputs, Seen, digest, folder_digests, pack_key
from .ledger import FILE, FOLDER, PACK_KEYS, Clock, Ledger, pack_statuses
from .limits import Limits
from .marts import Marts, can_serve, read_marts, save_marts
from .page import Page, page_of
from .plan import Pack, Plan, Scope, only, plan_packs
from .redact import Redact, redactor
from .source import MEASURES, Facts, Source
from .summary import Progress, Result, Standing, Summary
from .templates import Template

if TYPE_CHECKING:
    from .run import Make
