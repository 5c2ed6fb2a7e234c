"""A decision as the server gives it, read strictly: what cannot be understood is never a permission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Decision:
    """What was decided of a call. `raw` is all that the server said, effects among it."""

    allowed: bool
    decision: str
    message: str
    policy: str | None = None
    rule: str | None = None
    audit_id: str = ""
    enforced: bool = False
    approval_id: str | None = None
    approval_status: str | None = None
    expires_at: str | None = None
    response: str | None = None
    #: Allowed because no server was there and `fail_open` was asked for; nothing was judged or recorded.
    failed_open: bool = False
    raw: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)


ACTIONS = frozenset({"allow", "deny", "log", "require_approval", "webhook"})


def decision_of(told: Mapping[str, object]) -> Decision:
    """Raises ValueError for anything but a decision."""
    action = _text(told, "decision")
    if action not in ACTIONS:
        raise ValueError(f"no known decision: {action[:40]!r}")
    return Decision(
        allowed=_truth(told, "allowed"),
        decision=action,
        message=_text(told, "message"),
        policy=_maybe(told, "policy"),
        rule=_maybe(told, "rule"),
        audit_id=_text(told, "audit_id"),
        enforced=_truth(told, "enforced"),
        approval_id=_maybe(told, "approval_id"),
        approval_status=_maybe(told, "approval_status"),
        expires_at=_maybe(told, "expires_at"),
        response=_maybe(told, "response"),
        raw=told,
    )


def _truth(told: Mapping[str, object], key: str) -> bool:
    value = told.get(key)
    if value is not True and value is not False:
        raise ValueError(f"{key} is neither true nor false")
    return value


def _text(told: Mapping[str, object], key: str) -> str:
    value = told.get(key)
    if type(value) is not str:
        raise ValueError(f"{key} is no text")
    return value


def _maybe(told: Mapping[str, object], key: str) -> str | None:
    return None if told.get(key) is None else _text(told, key)
