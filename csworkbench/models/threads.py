"""One thread for what is too small to share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

_COMPUTING = ("scipy.linalg", "sklearn.ensemble")


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold linear algebra and trees to one thread; more of them would spend their time waiting for one another.

    Loads these libraries first, as only those that are there can be held.
    """
    for name in _COMPUTING:
        import_module(name)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
