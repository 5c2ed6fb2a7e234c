"""
Function tools of the OpenAI Agents SDK that ask Rampart first, by a tool guardrail:

    from rampart.openai_agents import guard_tool

    agent = Agent(name="builder", tools=[guard_tool(run_command, "exec")])

Where the call may not be made, the guardrail rejects it, and the model gets the reason in the place of the output.
"""

from __future__ import annotations

import dataclasses
import json
import weakref
from typing import Any

from agents import (
    FunctionTool,
    ToolGuardrailFunctionOutput,
    ToolInputGuardrail,
    ToolInputGuardrailData,
    ToolOutputGuardrail,
    ToolOutputGuardrailData,
)

from .arguments import Arguments, Params
from .call import Call
from .client import Guard
from .errors import RampartDenied, RampartError, unreadable
from .tools import As, Judge, filled, shape_in, told


def guard_tool(
    tool: FunctionTool,
    kind: str | None = None,
    /,
    *,
    using: Guard | None = None,
    params: Params | None = None,
    cwd: str | None = None,
    scan: bool = False,
    **names: str,
) -> FunctionTool:
    """
    The tool with a guardrail by which its calls are judged as calls of `kind` (`exec`, `read`, `write`, `fetch`,
    any other name; its own if absent). The options are those of `rampart.guard.guard`. The tool given stays as it
    is.
    """
    shape = shape_in(tool.name, tool.params_json_schema)
    judge = As(kind, using, params, cwd, scan, names).judge(shape)
    guardrail = _Guardrail(tool, judge, scan)
    before = ToolInputGuardrail[Any](guardrail.before, "rampart")
    after = [ToolOutputGuardrail[Any](guardrail.after, "rampart")] if scan else []
    return dataclasses.replace(
        tool,
        # Last: no person is asked of a call that another guardrail rejects.
        tool_input_guardrails=[*(tool.tool_input_guardrails or []), before],
        # First: what it hides, no other one sees.
        tool_output_guardrails=[*after, *(tool.tool_output_guardrails or [])],
    )


class _Guardrail:
    def __init__(self, tool: FunctionTool, judge: Judge, scan: bool) -> None:
        self._tool = tool
        self._judge = judge
        self._scan = scan
        #: Calls whose output is still to come, by the context that both guardrails are given.
        self._made: list[tuple[weakref.ref[object], Call]] = []

    async def before(self, data: ToolInputGuardrailData) -> ToolGuardrailFunctionOutput:
        try:
            call = self._judge.call(_given(self._tool, data.context.tool_arguments))
            async with call as decision:
                if self._scan:
                    # A tool that raises has no output: its call goes with its context.
                    alive = [one for one in self._made if one[0]() is not None]
                    self._made = [*alive, (weakref.ref(data.context), call)]
                return ToolGuardrailFunctionOutput.allow(
                    {"audit_id": decision.audit_id}
                )
        except RampartError as error:
            return _rejected(error)

    async def after(self, data: ToolOutputGuardrailData) -> ToolGuardrailFunctionOutput:
        try:
            shown = await self._taken(data.context).scan_async(data.output)
        except RampartError as error:
            return _rejected(error)
        if shown is data.output or shown == data.output:
            return ToolGuardrailFunctionOutput.allow()
        return ToolGuardrailFunctionOutput.reject_content(str(shown))

    def _taken(self, context: object) -> Call:
        for at, (own, call) in enumerate(self._made):
            if own() is context:
                del self._made[at]
                return call
        raise unreadable("An output of a call that was not judged")


def _given(tool: FunctionTool, arguments: str) -> Arguments:
    try:
        given: object = json.loads(arguments or "{}", object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise unreadable(
            f"The arguments of {tool.name} are no JSON: {error}"
        ) from error
    if not isinstance(given, dict):
        raise unreadable(f"The arguments of {tool.name} are no object")
    return filled(given, tool.params_json_schema)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    given = dict(pairs)
    if len(given) != len(pairs):
        raise ValueError("an argument comes twice")
    return given


def _rejected(error: RampartError) -> ToolGuardrailFunctionOutput:
    answer = error.answer if isinstance(error, RampartDenied) else None
    info = {
        "policy": answer and answer.policy,
        "rule": answer and answer.rule,
        "audit_id": answer and answer.audit_id,
    }
    return ToolGuardrailFunctionOutput.reject_content(told(error), info)
