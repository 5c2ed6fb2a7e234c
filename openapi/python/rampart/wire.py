"""One connection that carries one question at a time, for each of the two halves."""

from __future__ import annotations

import asyncio
import select
import socket
import time

from .answer import Answer
from .dial import Door
from .errors import RampartUndecided, Unreached
from .steps import Reply

LATE = "The answer came too slowly"


class Broken(Exception):
    """The connection ended before anything of the answer came: a kept one the server may have closed."""


def left(deadline: float) -> float:
    """Seconds until then. Raises Unreached where there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise Unreached(False, LATE)
    return seconds


class Wire:
    """A connection of the sync half."""

    def __init__(self, connected: socket.socket, door: Door) -> None:
        self._socket = connected
        self._door = door

    def ask(self, sent: bytes, deadline: float) -> tuple[Reply, bool]:
        answer = Answer()
        try:
            self._socket.settimeout(left(deadline))
            self._socket.sendall(sent)
            while True:
                self._socket.settimeout(left(deadline))
                data = self._socket.recv(1 << 16)
                reply = answer.feed(data) if data else self._ended(answer)
                if reply is not None:
                    return reply, answer.keep
        except TimeoutError as error:
            raise Unreached(False, LATE) from error
        except (BrokenPipeError, ConnectionResetError) as error:
            if not answer.begun:
                raise Broken from error
            raise self._door.lost(error) from error
        except OSError as error:
            raise self._door.lost(error) from error

    def _ended(self, answer: Answer) -> Reply:
        if not answer.begun:
            raise Broken
        return answer.ended()

    def is_quiet(self) -> bool:
        """Neither closed by the server nor with an answer that nobody asked for."""
        try:
            if hasattr(select, "poll"):
                poll = select.poll()
                poll.register(self._socket, select.POLLIN)
                return not poll.poll(0)
            return not select.select([self._socket], [], [], 0)[0]
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        self._socket.close()


class AsyncWire(asyncio.Protocol):
    """A connection of the async half, of one event loop."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._transport: asyncio.Transport | None = None
        self._answer: Answer | None = None
        self._done: asyncio.Future[Reply] | None = None
        self._lost = asyncio.get_running_loop().create_future()

    async def ask(self, sent: bytes) -> tuple[Reply, bool]:
        answer = self._answer = Answer()
        done = self._done = asyncio.get_running_loop().create_future()
        assert self._transport is not None
        if self._lost.done():
            raise Broken
        self._transport.write(sent)
        try:
            return await done, answer.keep
        finally:
            self._answer = self._done = None

    def is_quiet(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        self.abort()
        await self._lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._done is None or self._done.done():
            # An answer to no question would become the answer to the next one.
            self.abort()
            return
        try:
            reply = self._answer.feed(data)
        except RampartUndecided as error:
            self._done.set_exception(error)
        else:
            if reply is not None:
                self._done.set_result(reply)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(None)
        if self._answer is None or self._done is None or self._done.done():
            return
        if not self._answer.begun:
            self._done.set_exception(Broken())
        elif error is not None:
            self._done.set_exception(self._door.lost(error))
        else:
            try:
                self._done.set_result(self._answer.ended())
            except RampartUndecided as broken:
                self._done.set_exception(broken)
