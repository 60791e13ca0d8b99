"""Messages between owner and template: a length, JSON, and open files beside them, over a pair of Unix sockets."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any

HEADER = struct.Struct("!I")
MOST_FILES = 8
Message = dict[str, Any]


def send(channel: socket.socket, message: Message, files: Sequence[int] = ()) -> None:
    """Send one message, and copies of open files (their descriptors)."""
    content = json.dumps(message).encode()
    header = HEADER.pack(len(content))
    if files:
        socket.send_fds(channel, [header], list(files))
        channel.sendall(content)
    else:
        channel.sendall(header + content)


def receive(channel: socket.socket) -> tuple[Message, list[int]] | None:
    """The next message and the descriptors of the files that came with it; None when the other side is gone."""
    header, files = _receive_header(channel)
    content = _receive_bytes(channel, HEADER.unpack(header)[0]) if len(header) == HEADER.size else None
    if content is None:
        for file in files:
            os.close(file)
        return None
    return json.loads(content), files


def _receive_header(channel: socket.socket) -> tuple[bytes, list[int]]:
    try:
        header, files, _, _ = socket.recv_fds(channel, HEADER.size, MOST_FILES, socket.MSG_CMSG_CLOEXEC)
        if 0 < len(header) < HEADER.size:
            header += _receive_bytes(channel, HEADER.size - len(header)) or b""
    except ConnectionError:
        return b"", []
    return header, files


def _receive_bytes(channel: socket.socket, n_bytes: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < n_bytes:
        try:
            part = channel.recv(n_bytes - len(parts))
        except ConnectionError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)
