"""What is raised in the place of a call that may not be made."""

from __future__ import annotations

from .decision import Decision


class RampartError(Exception):
    """The call was not made. Whoever catches this catches every reason for that."""


class RampartDenied(RampartError):
    """The policies or a person said no, or nobody answered in time (`approval_status` is then pending)."""

    def __init__(self, answer: Decision) -> None:
        super().__init__(answer.message)
        self.answer = answer
        self.message = answer.message
        self.policy = answer.policy
        self.rule = answer.rule
        self.decision = answer.decision
        self.audit_id = answer.audit_id
        self.approval_id = answer.approval_id
        self.approval_status = answer.approval_status

    def __reduce__(self) -> tuple[object, ...]:
        """Whole on its way out of a pool of processes."""
        return type(self), (self.answer,)


class RampartUndecided(RampartError):
    """
    There is no decision. `code` is `absent` where no server runs, `unreached` where one is there but fails,
    `unreadable` where a call or an answer cannot be understood, else the code of the server's own problem.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        return RampartUndecided, (self.code, self.message, self.status)


class Unreached(RampartUndecided):
    """No answer came. `absent` says that nobody is there, as far as only its own errors say so (F6)."""

    def __init__(self, absent: bool, message: str) -> None:
        super().__init__("absent" if absent else "unreached", message)
        self.absent = absent


def unreadable(message: str, status: int | None = None) -> RampartUndecided:
    return RampartUndecided("unreadable", message, status)
