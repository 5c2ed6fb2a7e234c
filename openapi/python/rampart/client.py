"""Guard: asks the server before a call is made, and raises where it may not be."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Mapping
from typing import Self

from .call import Call
from .decision import Decision
from .dial import Verify
from .errors import Unreached
from .steps import Talk
from .target import Named, find_server
from .transport import Line

logger = logging.getLogger("rampart")


class Guard:
    """
    A boundary of this process. The server is `socket`, or `url`, or the one of `home`; with none of them
    `RAMPART_URL` (with `RAMPART_TOKEN` alone) or `RAMPART_SOCKET`, else the one of `$RAMPART_HOME`, its socket first.

    Without a decision no call is made, with one exception: `fail_open=True` lets calls pass while *no server is
    there* (nothing listens, no socket), unless `RAMPART_FAIL_OPEN=0`. Whatever else goes wrong raises
    `RampartUndecided`. A person has `approval_timeout` seconds to answer; 0 waits for nobody.

    Safe to share between threads, event loops and forked processes.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        socket: str | os.PathLike[str] | None = None,
        token: str | None = None,
        home: str | os.PathLike[str] | None = None,
        agent: str | None = None,
        session: str | None = None,
        run: str | None = None,
        cwd: str | os.PathLike[str] | None = None,
        fail_open: bool = False,
        approval_timeout: float = 300.0,
        timeout: float = 30.0,
        verify: Verify = True,
    ) -> None:
        if url is not None and socket is not None:
            raise ValueError("url or socket, not both")
        if not (approval_timeout >= 0 and timeout > 0):
            raise ValueError("approval_timeout is 0 or more, timeout more than 0")
        self._named = Named(url, _text(socket), token, _text(home))
        environ = os.environ
        self.agent = agent or environ.get("RAMPART_AGENT") or "python"
        self.run = run or environ.get("RAMPART_RUN") or None
        # Of one program, so that no other has part in what a person said of its session.
        self.session = (
            session
            or environ.get("RAMPART_SESSION")
            or self.run
            or f"python-{uuid.uuid4().hex}"
        )
        self._cwd = _text(cwd)
        # The environment may only tighten (security.md F5).
        self.fail_open = fail_open and environ.get("RAMPART_FAIL_OPEN") not in (
            "0",
            "false",
            "no",
        )
        self.approval_timeout = approval_timeout
        self._timeout_s = timeout
        self._verify = verify
        self._line: Line | None = None
        self._said_open = False

    def call(
        self,
        tool: str,
        params: Mapping[str, object],
        *,
        cwd: str | None = None,
        tool_call_id: str | None = None,
    ) -> Call:
        """One call, to be made inside `with` or `async with`: entering raises RampartDenied, or RampartUndecided."""
        return Call(self, tool, params, cwd, tool_call_id)

    def check(
        self, tool: str, params: Mapping[str, object], *, cwd: str | None = None
    ) -> Decision:
        """The decision, waiting for a person where one is asked. A denial is returned, not raised."""
        return self.call(tool, params, cwd=cwd).decide()

    async def check_async(
        self, tool: str, params: Mapping[str, object], *, cwd: str | None = None
    ) -> Decision:
        return await self.call(tool, params, cwd=cwd).decide_async()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close_async()

    def close(self) -> None:
        """Close what the sync calls hold open; the next call opens it anew."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    async def close_async(self) -> None:
        """Close what this event loop's calls hold open."""
        if self._line is not None:
            await self._line.close_async()

    def _body(
        self, params: Mapping[str, object], cwd: str | None, call_id: str
    ) -> dict[str, object]:
        where = cwd or self._cwd or _working_directory()
        return {
            "agent": self.agent,
            "session": self.session,
            **({} if self.run is None else {"run_id": self.run}),
            **({} if where is None else {"cwd": os.path.abspath(where)}),
            "tool_call_id": call_id,
            "params": dict(params),
        }

    def _reach(self) -> Line:
        """The server that is named now: another may have been started since the last call."""
        target = find_server(self._named, os.environ)
        line = self._line
        if line is not None and line.target == target and line.pid == os.getpid():
            return line
        # Without a lock, which a fork could catch shut: of two that are made at once one is used once.
        new = self._line = Line(target, self._timeout_s, self._verify)
        if line is not None:
            line.leave()
        return new

    def _hold(self, talk: Talk) -> Decision:
        try:
            question = next(talk)
            while True:
                try:
                    reply = self._reach().exchange(question)
                except Unreached as lost:
                    question = talk.throw(lost)
                else:
                    question = talk.send(reply)
        except StopIteration as end:
            return _decision(end)

    async def _hold_async(self, talk: Talk) -> Decision:
        try:
            question = next(talk)
            while True:
                try:
                    reply = await self._reach().exchange_async(question)
                except Unreached as lost:
                    question = talk.throw(lost)
                else:
                    question = talk.send(reply)
        except StopIteration as end:
            return _decision(end)

    def _without_server(self, lost: Unreached) -> Decision:
        """The posture: nobody is there, and nothing took the call."""
        if not (self.fail_open and lost.absent):
            raise lost
        if not self._said_open:
            self._said_open = True
            logger.warning("%s: calls pass unjudged (fail_open)", lost.message)
        return Decision(
            True, "allow", f"{lost.message}: not judged (fail_open)", failed_open=True
        )


def _decision(end: StopIteration) -> Decision:
    if isinstance(end.value, Decision):
        return end.value
    raise TypeError("no decision came of it")


def _text(path: str | os.PathLike[str] | None) -> str | None:
    return None if path is None else os.fspath(path)


def _working_directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        # It is gone: relative paths are judged without it.
        return None
