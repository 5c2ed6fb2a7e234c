"""Connections to the server: which addresses, who may be at the other end, and what a failure says (F6, F7)."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .errors import RampartUndecided, Unreached
from .target import Target

#: Only these say that nobody is there; a program itself can bring about every other one (security.md F6).
ABSENT = (errno.ENOENT, errno.ECONNREFUSED)

Verify = ssl.SSLContext | bool
#: The family, and what `connect` takes.
Address = tuple[int, Any]


@dataclass(frozen=True)
class Door:
    """Where to knock, and what to expect there."""

    target: Target
    verify: Verify

    @property
    def where(self) -> str:
        return self.target.socket or self.target.url

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        if not self.target.is_tls:
            return None
        if isinstance(self.verify, ssl.SSLContext):
            return self.verify
        import httpx  # Slow to load, and needed for nothing else.

        # Authorities that the environment names do not count.
        return httpx.create_ssl_context(verify=self.verify, trust_env=False)

    def open(self, address: Address) -> socket.socket:
        """A socket for the address. That there is none to be had says nothing of the server."""
        try:
            made = socket.socket(address[0], socket.SOCK_STREAM)
            if address[0] != _unix():
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise self.lost(error) from error
        return made

    def closed(self) -> Unreached:
        return Unreached(False, f"{self.where} closed the connection without an answer")

    def lost(self, error: BaseException) -> Unreached:
        said = str(error) or type(error).__name__
        return Unreached(False, f"No answer from {self.where}: {said}")

    def refused(self, errors: list[Exception]) -> Unreached:
        """What it means that no address let us in."""
        absent = bool(errors) and all(
            isinstance(one, OSError) and one.errno in ABSENT for one in errors
        )
        said = (
            "; ".join(str(one) or type(one).__name__ for one in errors)
            or "it has no address"
        )
        return Unreached(absent, f"No answer from {self.where}: {said}")

    def check_peer(self, connected: socket.socket) -> None:
        """Raises RampartUndecided for a socket that somebody else put there (security.md F7)."""
        path = self.target.socket
        if path is None or not hasattr(os, "getuid"):
            return
        try:
            uid = _peer(connected, path)
            if uid in (0, os.getuid()):
                return
            there = os.lstat(os.path.dirname(path) or ".")
            if there.st_uid in (0, uid) and there.st_mode & 0o002 == 0:
                return
        except OSError as error:
            raise self.lost(error) from error
        raise RampartUndecided(
            "unreached", f"{path} is answered by another account, {uid}"
        )


def _unix() -> int:
    family = getattr(socket, "AF_UNIX", None)
    if family is None:
        raise RampartUndecided(
            "unreached", "There are no unix sockets on this system: say url="
        )
    return int(family)


def _peer(connected: socket.socket, path: str) -> int:
    credentials = getattr(socket, "SO_PEERCRED", None)
    if credentials is None:
        return os.lstat(path).st_uid
    told = connected.getsockopt(socket.SOL_SOCKET, credentials, struct.calcsize("3i"))
    return int(struct.unpack("3i", told)[1])


def addresses(door: Door) -> list[Address]:
    if door.target.socket is not None:
        return [(_unix(), door.target.socket)]
    try:
        found = socket.getaddrinfo(
            door.target.hostname, door.target.port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as error:
        raise door.lost(error) from error
    return [(family, address) for family, _, _, _, address in found]


async def addresses_async(door: Door) -> list[Address]:
    if door.target.socket is not None:
        return [(_unix(), door.target.socket)]
    return await asyncio.to_thread(addresses, door)
