"""One call: decided on entering, and its output looked at where that is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar, cast
from uuid import uuid4

from .decision import Decision
from .errors import RampartDenied, RampartUndecided, Unreached, unreadable
from .steps import Talk, decide, look_at

if TYPE_CHECKING:
    from .client import Guard

T = TypeVar("T")


class Call:
    """
    A call that is about to be made. Leaving the block (also by an interrupt or a cancelled task, while a person
    is asked) closes the connection, and the server withdraws a question that nobody waits for.
    """

    def __init__(
        self,
        guard: Guard,
        tool: str,
        params: Mapping[str, object],
        cwd: str | None,
        tool_call_id: str | None,
    ) -> None:
        self._guard = guard
        self._tool = tool
        # By this id the server knows the output's call again.
        self._body = guard._body(params, cwd, tool_call_id or uuid4().hex)
        self.decision: Decision | None = None
        self._begun = False

    def decide(self) -> Decision:
        """The decision; raises RampartUndecided where there is none."""
        try:
            decision = self._guard._hold(self._talk())
        except Unreached as lost:
            decision = self._guard._without_server(lost)
        self.decision = decision
        return decision

    async def decide_async(self) -> Decision:
        try:
            decision = await self._guard._hold_async(self._talk())
        except Unreached as lost:
            decision = self._guard._without_server(lost)
        self.decision = decision
        return decision

    def __enter__(self) -> Decision:
        return permitted(self.decide())

    async def __aenter__(self) -> Decision:
        return permitted(await self.decide_async())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def scan(self, result: T) -> T:
        """
        The result as the rules for outputs leave it: a text comes back without what they hide. Anything else is
        judged as JSON and comes back whole or not at all (RampartDenied).
        """
        if result is None:
            return result
        try:
            decision = self._guard._hold(self._look(result))
        except Unreached as lost:
            decision = self._unscanned(lost)
        return _shown(result, decision)

    async def scan_async(self, result: T) -> T:
        if result is None:
            return result
        try:
            decision = await self._guard._hold_async(self._look(result))
        except Unreached as lost:
            decision = self._unscanned(lost)
        return _shown(result, decision)

    def _talk(self) -> Talk:
        if self._begun:
            # Its id would get the answer of the first time, and so one yes would let two calls pass.
            raise RuntimeError("A call is decided once: make another")
        self._begun = True
        return decide(self._tool, self._body, self._guard.approval_timeout)

    def _look(self, result: object) -> Talk:
        return look_at(self._tool, {**self._body, "response": _words(result)})

    def _unscanned(self, lost: Unreached) -> Decision:
        """A server that took the call and went away is no permission: the output stays unseen."""
        if self.decision is not None and self.decision.failed_open:
            return self._guard._without_server(lost)
        raise RampartUndecided("unreached", lost.message) from lost


def permitted(decision: Decision) -> Decision:
    if not decision.allowed:
        raise RampartDenied(decision)
    return decision


def _words(result: object) -> str:
    if isinstance(result, str):
        return result
    if isinstance(result, (bytes, bytearray)):
        return result.decode("utf-8", "replace")
    try:
        return json.dumps(result, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise unreadable(f"The output cannot be looked at: {error}") from error


def _shown(result: T, decision: Decision) -> T:
    if decision.allowed:
        return result
    if isinstance(result, str) and decision.response is not None:
        return cast(T, decision.response)
    raise RampartDenied(decision)
