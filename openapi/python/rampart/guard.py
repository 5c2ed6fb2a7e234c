"""
Ask Rampart before a tool runs:

    from rampart.guard import guard_exec, RampartDenied

    @guard_exec
    def run(command: str) -> str: ...

A call that is denied, or that nobody could decide, raises and is not made.
"""

from __future__ import annotations

from .call import Call
from .client import Guard
from .decision import Decision
from .decorators import guard, guard_exec, guard_fetch, guard_read, guard_write
from .errors import RampartDenied, RampartError, RampartUndecided

__all__ = [
    "Call",
    "Decision",
    "Guard",
    "RampartDenied",
    "RampartError",
    "RampartUndecided",
    "guard",
    "guard_exec",
    "guard_fetch",
    "guard_read",
    "guard_write",
]
