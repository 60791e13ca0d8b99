"""Asking a kernel to run one cell, and hearing it out: the messages of its two channels, read in the order they come.

Every pack has a thread to itself, so that waiting needs no event loop; that saves half of what a message costs.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient

Message = dict[str, Any]
PARTS = ("header", "parent_header", "metadata", "content")
LOOK_SECONDS = 1.0
# How long what a cell shows may come after the word that it has ended.
LATE_SECONDS = 4.0


class Silence(Exception):
    """Nothing more was heard of the cell in the time that it has."""


class Conversation:
    """The channels of a client that has started them. must_live: called every second of silence, raises at the end."""

    def __init__(self, client: AsyncKernelClient, must_live: Callable[[], None]) -> None:
        self.session, self.must_live = client.session, must_live
        self.shell: zmq.Socket[bytes] = zmq.Socket.shadow(client.shell_channel.socket.underlying)
        self.iopub: zmq.Socket[bytes] = zmq.Socket.shadow(client.iopub_channel.socket.underlying)
        self.poller = zmq.Poller()
        self.poller.register(self.shell, zmq.POLLIN)
        self.poller.register(self.iopub, zmq.POLLIN)

    def ask(self, code: str, timeout_seconds: float | None, hear: Callable[[Message], bool]) -> Message:
        """The kernel's reply to a cell; Silence when it does not come in time.

        hear: takes each message that the cell publishes, and says whether it is the last one.
        """
        asked = self._send(code)
        ends_at = time.monotonic() + timeout_seconds if timeout_seconds else float("inf")
        reply, is_over = None, False
        while reply is None or not is_over:
            for message in self._came(ends_at):
                if message["parent_header"].get("msg_id") != asked:
                    continue
                if message["header"]["msg_type"] == "execute_reply":
                    reply, ends_at = message, time.monotonic() + LATE_SECONDS
                else:
                    is_over = hear(message) or is_over
            if time.monotonic() > ends_at:
                if reply is None:
                    raise Silence
                break
        return reply

    def _send(self, code: str) -> str:
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": True}
        message = self.session.msg("execute_request", content)
        self.session.send(self.shell, message)
        return str(message["header"]["msg_id"])

    def _came(self, ends_at: float) -> Iterator[Message]:
        """What has come on either channel by now, after waiting for it at most a second."""
        seconds = max(0.0, min(LOOK_SECONDS, ends_at - time.monotonic()))
        ready = self.poller.poll(int(1000 * seconds))
        if not ready:
            self.must_live()
        for socket, _ in ready:
            yield from self._waiting(socket)

    def _waiting(self, socket: zmq.Socket[bytes]) -> Iterator[Message]:
        while True:
            try:
                frames = socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            yield self._read(frames)

    def _read(self, frames: list[bytes]) -> Message:
        """A message whose dates stay texts; ValueError when it is not signed by the kernel."""
        _, (signature, *parts) = self.session.feed_identities(frames)
        if self.session.auth and not hmac.compare_digest(self.session.sign(parts[: len(PARTS)]), signature):
            raise ValueError("a message is not signed by the kernel")
        message: Message = {name: self.session.unpack(part) for name, part in zip(PARTS, parts, strict=False)}
        return {**message, "buffers": parts[len(PARTS) :], "msg_type": message["header"]["msg_type"]}


def is_error(reply: Mapping[str, Any]) -> bool:
    """Whether the cell raised."""
    return bool(reply["content"]["status"] == "error")
