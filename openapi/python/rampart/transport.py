"""One HTTP exchange over TCP or the unix socket, sync and async."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
import weakref
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from .answer import request
from .dial import Address, Door, Verify, addresses, addresses_async
from .errors import Unreached
from .steps import Question, Reply
from .target import Target
from .wire import LATE, AsyncWire, Broken, Wire, left

#: Connections that wait for the next question; those who wait for a person have one each beside them.
IDLE_MOST = 20


@dataclass
class Pool:
    """Connections of one event loop, and what closes them when it ends."""

    idle: list[AsyncWire] = field(default_factory=list)
    keeper: AsyncGenerator[None, None] | None = None


class Line:
    """
    Connections to one server, for this process alone: two that share one after a fork would read each other's
    answers. Nothing of the environment (proxies, authorities, netrc) counts, and no redirection is followed. An
    exchange takes `timeout_s` and what the server may wait for a person, however slowly the answer comes.
    """

    def __init__(self, target: Target, timeout_s: float, verify: Verify) -> None:
        self.target = target
        self.pid = os.getpid()
        self._timeout_s = timeout_s
        self._door = Door(target, verify)
        # Taken and put back in one step each: threads need no lock, which a fork could catch shut.
        self._idle: list[Wire] = []
        # Nobody has to close a guard: what it kept goes with it.
        weakref.finalize(self, _close, self._idle)
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pool] = (
            weakref.WeakKeyDictionary()
        )

    def exchange(self, question: Question) -> Reply:
        if question.pause_s > 0:
            time.sleep(question.pause_s)
        sent = request(question, self.target)
        deadline = time.monotonic() + self._timeout_s + question.wait_s
        kept = self._kept()
        try:
            return self._ask(kept or self._connect(deadline), sent, deadline)
        except Broken as error:
            if kept is None:
                raise self._door.closed() from error
        # The server knows the call again by its id, and may have taken it: it is not absent any more.
        try:
            return self._ask(self._connect(deadline), sent, deadline)
        except Broken as error:
            raise self._door.closed() from error
        except Unreached as error:
            raise Unreached(False, error.message) from error

    async def exchange_async(self, question: Question) -> Reply:
        if question.pause_s > 0:
            await asyncio.sleep(question.pause_s)
        sent = request(question, self.target)
        try:
            async with asyncio.timeout(self._timeout_s + question.wait_s):
                return await self._exchanged(sent)
        except TimeoutError as error:
            raise Unreached(False, LATE) from error

    async def _exchanged(self, sent: bytes) -> Reply:
        kept = self._kept_async()
        try:
            return await self._ask_async(kept or await self._connect_async(), sent)
        except Broken as error:
            if kept is None:
                raise self._door.closed() from error
        try:
            return await self._ask_async(await self._connect_async(), sent)
        except Broken as error:
            raise self._door.closed() from error
        except Unreached as error:
            raise Unreached(False, error.message) from error

    def close(self) -> None:
        """Close what no call is using."""
        _close(self._idle)

    async def close_async(self) -> None:
        """The same of this event loop."""
        pool = self._loops.pop(asyncio.get_running_loop(), None)
        if pool is not None and pool.keeper is not None:
            await pool.keeper.aclose()

    def leave(self) -> None:
        """Another line takes over: close it all, each connection where it lives."""
        self.close()
        if self.pid != os.getpid():
            return
        # Loops of other threads may come and go meanwhile; those take their connections with them.
        with contextlib.suppress(RuntimeError):
            for loop, pool in list(self._loops.items()):
                for wire in list(pool.idle):
                    loop.call_soon_threadsafe(wire.abort)

    def _kept(self) -> Wire | None:
        """The connection used last, where one is still good."""
        while (wire := _taken(self._idle)) is not None:
            if wire.is_quiet():
                return wire
            wire.close()
        return None

    def _kept_async(self) -> AsyncWire | None:
        pool = self._loops.get(asyncio.get_running_loop())
        while pool is not None and pool.idle:
            wire = pool.idle.pop()
            if wire.is_quiet():
                return wire
        return None

    def _ask(self, wire: Wire, sent: bytes, deadline: float) -> Reply:
        keep = False
        try:
            reply, keep = wire.ask(sent, deadline)
            return reply
        finally:
            # An interrupt, too: a question without its answer ends its connection.
            if keep and len(self._idle) < IDLE_MOST:
                self._idle.append(wire)
            else:
                wire.close()

    async def _ask_async(self, wire: AsyncWire, sent: bytes) -> Reply:
        keep = False
        try:
            reply, keep = await wire.ask(sent)
            return reply
        finally:
            pool = await self._pool() if keep else None
            if pool is not None and len(pool.idle) < IDLE_MOST:
                pool.idle.append(wire)
            else:
                wire.abort()

    async def _pool(self) -> Pool:
        loop = asyncio.get_running_loop()
        pool = self._loops.get(loop)
        if pool is None:
            for ended in [one for one in self._loops if one.is_closed()]:
                del self._loops[ended]
            pool = self._loops[loop] = Pool()
            pool.keeper = _closing(pool.idle)
            # Begun here, the loop ends it with its other generators: `asyncio.run` leaves nothing open.
            await anext(pool.keeper)
        return pool

    def _connect(self, deadline: float) -> Wire:
        errors: list[Exception] = []
        for address in addresses(self._door):
            made = self._door.open(address)
            try:
                made.settimeout(left(deadline))
                made.connect(address[1])
            except (OSError, ValueError) as error:
                made.close()
                errors.append(error)
            except BaseException:
                made.close()
                raise
            else:
                return Wire(self._secured(made), self._door)
        raise self._door.refused(errors)

    def _secured(self, made: socket.socket) -> socket.socket:
        try:
            self._door.check_peer(made)
            tls = self._door.tls
            return (
                made
                if tls is None
                else tls.wrap_socket(made, server_hostname=self.target.hostname)
            )
        except BaseException as error:
            made.close()
            if isinstance(error, OSError):
                raise self._door.lost(error) from error
            raise

    async def _connect_async(self) -> AsyncWire:
        errors: list[Exception] = []
        for address in await addresses_async(self._door):
            made = self._door.open(address)
            try:
                made.setblocking(False)
                await _reach(made, address)
            except (OSError, ValueError) as error:
                made.close()
                errors.append(error)
            except BaseException:
                made.close()
                raise
            else:
                return await self._secured_async(made)
        raise self._door.refused(errors)

    async def _secured_async(self, made: socket.socket) -> AsyncWire:
        try:
            self._door.check_peer(made)
            tls = self._door.tls
            name = None if tls is None else self.target.hostname
            _, wire = await asyncio.get_running_loop().create_connection(
                lambda: AsyncWire(self._door), sock=made, ssl=tls, server_hostname=name
            )
        except BaseException as error:
            made.close()
            if isinstance(error, OSError):
                raise self._door.lost(error) from error
            raise
        return wire


async def _reach(made: socket.socket, address: Address) -> None:
    if address[0] == getattr(socket, "AF_UNIX", None):
        # At once or not at all: a full backlog is EAGAIN, which asyncio would take for "under way".
        made.connect(address[1])
    else:
        await asyncio.get_running_loop().sock_connect(made, address[1])


async def _closing(wires: list[AsyncWire]) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        while wires:
            await wires.pop().close()


def _taken(wires: list[Wire]) -> Wire | None:
    try:
        return wires.pop()
    except IndexError:
        return None


def _close(wires: list[Wire]) -> None:
    while (wire := _taken(wires)) is not None:
        wire.close()
