"""A session at a Spark Connect server, and what it says when something is wrong."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ...errors import CsworkbenchError
from .remote import address_in

Answer = TypeVar("Answer")
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
}
_RETRIES = 4
_ENDED = ("INVALID_HANDLE.SESSION_CHANGED", "INVALID_HANDLE.SESSION_CLOSED", "INVALID_HANDLE.SESSION_NOT_FOUND")
_SILENT = ("UNAVAILABLE", "DEADLINE_EXCEEDED")


class Refused(CsworkbenchError):
    """A query brought nothing. condition: Spark's or gRPC's name for the reason, such as TABLE_OR_VIEW_NOT_FOUND."""

    def __init__(self, condition: str, url_env: str) -> None:
        said = f"Spark refused a query: {condition}"
        if condition in _SILENT:
            said = f"the Spark server named by the environment variable {url_env} does not answer ({condition})"
        super().__init__(said)
        self.condition = condition

    @property
    def session_ended(self) -> bool:
        """Whether no more than the session is over, as after an hour without a query or when the server began anew."""
        return self.condition in _ENDED


def opened(url_env: str) -> Any:
    """A new session of one's own: times in UTC, errors rather than silent NULLs. Nobody else's session is touched."""
    session, policy = _client()
    try:
        spark = session(connection=_address(url_env))
        spark.client.set_retry_policies([policy(max_retries=_RETRIES)])
        ask(spark, url_env, _set)
    except (Refused, ValueError) as error:
        reason = error.condition if isinstance(error, Refused) else type(error).__name__
        raise CsworkbenchError(
            f"the Spark server named by the environment variable {url_env} cannot be opened ({reason})."
            " Check that it runs with Spark Connect, and that host, port and token in the address are right."
        ) from None
    return spark


def ask(spark: Any, url_env: str, question: Callable[[Any], Answer]) -> Answer:
    """What the session answers; Refused without a word of the address or of the data."""
    from grpc import RpcError
    from pyspark.errors import PySparkException

    try:
        with _quietly():
            return question(spark)
    except (PySparkException, RpcError) as error:
        raise Refused(_condition(error), url_env) from None


def end(spark: Any) -> None:
    """Release the session without waiting for a server that is gone."""
    spark.client.set_retry_policies([])
    with _quietly():
        spark.stop()


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the client's warnings, and without its log of failed queries, which shows values of the data."""
    log = logging.getLogger("SQLQueryContextLogger")
    was, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.disabled = was


def _set(spark: Any) -> None:
    for name, value in _SETTINGS.items():
        spark.conf.set(name, value)


def _client() -> tuple[Any, Any]:
    """The classes of a session and of its retries."""
    try:
        with _quietly():
            from pyspark.sql.connect.client.retries import DefaultPolicy
            from pyspark.sql.connect.session import SparkSession
    except ImportError:
        raise CsworkbenchError(
            '[engine] kind = "spark" needs the client of Spark Connect, which is not installed.'
            ' Install it: pip install "csworkbench[spark]"'
        ) from None
    return SparkSession, DefaultPolicy


def _address(url_env: str) -> str:
    text = address_in(url_env, "the address of a Spark Connect server", "sc://HOST:15002")
    if not text.startswith("sc://"):
        raise CsworkbenchError(f"the environment variable {url_env} does not hold an sc:// address")
    return text


def _condition(error: Any) -> str:
    named = error.getCondition() if hasattr(error, "getCondition") else None
    code = getattr(error, "getGrpcStatusCode", None) or getattr(error, "code", None)
    return str(named or (code().name if code else type(error).__name__))
