"""
The conversation about one call, without a socket: a generator that yields what to ask and is sent what was
answered, so that the sync and the async client are one piece of code.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from .decision import Decision, decision_of
from .errors import RampartUndecided, Unreached, unreadable

#: Seconds that one request waits for a person; what is silent for longer, proxies cut.
WAIT_S = 25
#: How often it is asked: at first, to use the yes, and where an identical call was faster.
ASK_MOST = 4
#: A server that goes away keeps the question: looked for so often, a second apart.
LOST_MOST = 30


@dataclass(frozen=True)
class Question:
    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Seconds that the server may keep silent beyond what is usual.
    wait_s: int = 0
    #: Seconds to let pass before it is asked.
    pause_s: float = 0


@dataclass(frozen=True)
class Reply:
    status: int
    kind: str
    body: bytes


Talk = Generator[Question, Reply, Decision]


def decide(tool: str, call: Mapping[str, object], patience_s: float) -> Talk:
    """
    One call decided, waiting up to `patience_s` for a person. Only the very first request may end in
    `Unreached`: once the server took the call, its absence is no permission.
    """
    path = f"/v1/tool/{quote(tool, safe='')}"
    body = encoded(call)
    deadline = time.monotonic() + patience_s
    for turn in range(ASK_MOST):
        wait_s = _left(deadline)
        headers = {"prefer": f"wait={wait_s}"}
        try:
            reply = yield Question("POST", path, body, headers, wait_s)
        except Unreached as lost:
            if turn == 0:
                raise
            raise RampartUndecided("unreached", lost.message) from lost
        decision = read_decision(reply)
        if reply.status != 202:
            return decision
        status, reason = yield from _await_person(decision, deadline)
        # A yes is there for the call that comes again, looked at anew, and it may go to another one like it.
        if status not in ("approved", "used"):
            break
    return replace(
        decision, message=_said(decision, status, reason), approval_status=status
    )


def look_at(tool: str, call: Mapping[str, object]) -> Talk:
    """What became of a call, judged by its output: nobody is asked any more."""
    reply = yield Question("POST", f"/v1/tool/{quote(tool, safe='')}", encoded(call))
    decision = read_decision(reply)
    if reply.status == 202:
        raise unreadable("The server would ask a person about an output", 202)
    return decision


def _await_person(
    asked: Decision, deadline: float
) -> Generator[Question, Reply, tuple[str, str | None]]:
    """What became of the question, with a person's reason, as far as it is answered before the deadline."""
    lost = 0
    while (wait_s := _left(deadline)) > 0:
        path = f"/v1/approvals/{asked.approval_id}?wait={wait_s}"
        try:
            reply = yield Question(
                "GET", path, wait_s=wait_s, pause_s=1.0 if lost > 0 else 0.0
            )
        except Unreached as error:
            lost += 1
            if lost > LOST_MOST:
                raise RampartUndecided("unreached", error.message) from error
            continue
        if reply.status >= 500 and lost < LOST_MOST:
            lost += 1
            continue
        lost = 0
        status, reason = _status_of(reply, asked)
        if status != "pending":
            return status, reason
    return "pending", None


def _left(deadline: float) -> int:
    return max(0, math.ceil(min(WAIT_S, deadline - time.monotonic())))


WORDS = {
    "pending": "nobody has answered yet",
    "denied": "a person said no",
    "expired": "nobody answered in time",
    "cancelled": "the question was withdrawn",
    "approved": "a person said yes, but not to what it is now",
    "used": "the yes was used by another call",
}


def _said(decision: Decision, status: str, reason: str | None) -> str:
    # The server's own words tell of a question that is open; that is over.
    message = re.sub(r" \(a person is asked, until [^()]*\)$", "", decision.message)
    return f"{message} ({WORDS[status]}{'' if reason is None else f': {reason}'})"


def _status_of(reply: Reply, asked: Decision) -> tuple[str, str | None]:
    told = _object(reply)
    if reply.status != 200:
        raise _problem(reply, told)
    status, reason = told.get("status"), told.get("reason")
    known = isinstance(status, str) and (status in WORDS)
    if not known or told.get("id") != asked.approval_id or "allowed" in told:
        raise unreadable(
            "What became of the approval cannot be understood", reply.status
        )
    return str(status), reason if isinstance(reason, str) else None


def read_decision(reply: Reply) -> Decision:
    """The decision, where status and body say the same. Raises RampartUndecided for everything else."""
    told = _object(reply)
    if reply.kind != "application/json" or reply.status not in (200, 202, 403):
        raise _problem(reply, told)
    try:
        decision = decision_of(told)
    except ValueError as error:
        raise unreadable(
            f"The answer cannot be understood: {error}", reply.status
        ) from error
    waits = decision.decision == "require_approval" and _is_id(decision.approval_id)
    if decision.allowed != (reply.status == 200) or (reply.status == 202 and not waits):
        raise unreadable("The answer contradicts its own status", reply.status)
    # A mode that does not enforce lets pass what it would deny, and says so.
    permits = {"allow": True, "log": True, "deny": False}.get(decision.decision)
    lifted = permits is False and not decision.enforced
    if permits not in (None, decision.allowed) and not lifted:
        raise unreadable("The answer contradicts itself", reply.status)
    return decision


def _is_id(text: str | None) -> bool:
    """An id goes into a path: letters, digits and what ids are made of."""
    return text is not None and re.fullmatch("[A-Za-z0-9_-]{1,128}", text) is not None


def _problem(reply: Reply, told: Mapping[str, object]) -> RampartUndecided:
    code = told.get("code")
    said = told.get("detail") or told.get("title")
    if (
        reply.kind != "application/problem+json"
        or not isinstance(code, str)
        or reply.status < 400
    ):
        return unreadable(
            f"The server answered {reply.status} with what is no decision", reply.status
        )
    return RampartUndecided(code, said if isinstance(said, str) else code, reply.status)


def _object(reply: Reply) -> Mapping[str, object]:
    try:
        told: object = json.loads(
            reply.body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refused,
        )
    except (ValueError, RecursionError) as error:
        raise unreadable(
            f"The server answered {reply.status} with no JSON", reply.status
        ) from error
    if not isinstance(told, dict):
        raise unreadable(
            f"The server answered {reply.status} with no object", reply.status
        )
    return told


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a key comes twice")
    return told


def _refused(text: str) -> object:
    raise ValueError(f"{text} is no JSON")


def encoded(call: Mapping[str, object]) -> bytes:
    """The call as JSON. Raises RampartUndecided for what JSON cannot say."""
    try:
        return json.dumps(call, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise unreadable(f"The call cannot be put into words: {error}") from error
