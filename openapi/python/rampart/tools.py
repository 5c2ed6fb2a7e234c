"""What the modules for agent frameworks share: a tool of theirs is judged by these, and its model told that."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from .arguments import Arguments, Params, Place, Shape, mapper, placer
from .call import Call
from .client import Guard
from .decorators import default_guard
from .errors import RampartDenied, RampartError

logger = logging.getLogger("rampart")


@dataclass(frozen=True)
class As:
    """
    How calls of one tool are judged: as calls of `tool` (absent: of its own name), by the arguments that `names`
    and `cwd` say or `params` makes; `scan` has its output judged, too. What is absent is as in `guard`.
    """

    tool: str | None = None
    using: Guard | None = None
    params: Params | None = None
    cwd: str | None = None
    scan: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def judge(self, shape: Shape) -> Judge:
        """Raises TypeError where nobody can say which argument is meant."""
        tool = self.tool or shape.name
        make = self.params or mapper(tool, shape, self.names)
        return Judge(tool, self, make, placer(tool, shape, self.cwd))


class Judge:
    """Makes the calls of one tool."""

    def __init__(self, tool: str, judged: As, make: Params, place: Place) -> None:
        self._tool = tool
        self._as = judged
        self._make = make
        self._place = place

    def call(self, given: Arguments) -> Call:
        """Raises RampartUndecided for arguments that cannot be judged."""
        guard = self._as.using or default_guard()
        return guard.call(self._tool, self._make(given), cwd=self._place(given))


def told(error: RampartError) -> str:
    """What the model is told of a call that was not made, or of an output that it may not see."""
    if isinstance(error, RampartDenied):
        return f"Denied by Rampart: {error.message}"
    # The model can do nothing about it; somebody who reads the log can.
    logger.warning("A call was not made: %s", error)
    return f"Rampart gave no decision, so this was not done: {error}"


def filled(given: Mapping[str, object], schema: Mapping[str, object]) -> Arguments:
    """The arguments with the defaults that their JSON schema tells of."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return given
    defaults = {
        name: one["default"]
        for name, one in properties.items()
        if isinstance(one, Mapping) and "default" in one
    }
    return {**defaults, **given}


def shape_in(name: str, schema: Mapping[str, object]) -> Shape:
    properties = schema.get("properties")
    return Shape(name, list(properties) if isinstance(properties, Mapping) else [])
