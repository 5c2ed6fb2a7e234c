"""
Toolsets of Pydantic AI that ask Rampart first:

    from rampart.pydantic_ai import guard_toolset

    agent = Agent(model, toolsets=[guard_toolset(FunctionToolset([run_command]), {"run_command": "exec"})])

Where the call may not be made, the model is told of a failed tool (ToolFailed), with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic_ai import RunContext, ToolFailed
from pydantic_ai.tools import AgentDepsT
from pydantic_ai.toolsets import AbstractToolset, ToolsetTool, WrapperToolset

from .client import Guard
from .errors import RampartError
from .tools import As, filled, shape_in, told

__all__ = ["As", "GuardedToolset", "guard_toolset"]


def guard_toolset(
    toolset: AbstractToolset[AgentDepsT],
    kinds: Mapping[str, str | As] | None = None,
    *,
    using: Guard | None = None,
    scan: bool = False,
) -> GuardedToolset[AgentDepsT]:
    """
    The toolset, whose every call is judged before it is made: as what `kinds` says of the tool's name (`exec`,
    `read`, `write`, `fetch`, or `As(...)` with arguments named), else under the name of the tool itself.
    """
    judged = {
        name: As(one, using, scan=scan) if isinstance(one, str) else one
        for name, one in (kinds or {}).items()
    }
    return GuardedToolset(toolset, judged, As(using=using, scan=scan))


@dataclass
class GuardedToolset(WrapperToolset[AgentDepsT]):
    kinds: Mapping[str, As] = field(default_factory=dict)
    others: As = field(default_factory=As)

    async def call_tool(
        self,
        name: str,
        tool_args: dict[str, Any],
        ctx: RunContext[AgentDepsT],
        tool: ToolsetTool[AgentDepsT],
    ) -> Any:
        judged = self.kinds.get(name, self.others)
        if judged.using is None:
            judged = replace(judged, using=self.others.using)
        schema = tool.tool_def.parameters_json_schema
        judge = judged.judge(shape_in(name, schema))
        try:
            call = judge.call(filled(tool_args, schema))
            async with call:
                pass
        except RampartError as error:
            raise ToolFailed(told(error)) from error
        result = await super().call_tool(name, tool_args, ctx, tool)
        if not judged.scan:
            return result
        try:
            return await call.scan_async(result)
        except RampartError as error:
            raise ToolFailed(told(error)) from error
