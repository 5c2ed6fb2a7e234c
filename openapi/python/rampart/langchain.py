"""
Tools of LangChain that ask Rampart first:

    from rampart.langchain import guard_tool

    tools = [guard_tool(shell, "exec"), guard_tool(read_file, "read", path="file_path")]

Where the call may not be made, the model gets a ToolMessage whose status is `error`, with the reason.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from langchain_core.tools import BaseTool, ToolException

from .arguments import Params, Shape
from .client import Guard
from .errors import RampartError
from .tools import As, Judge, told

T = TypeVar("T", bound=BaseTool)


class NotDone(ToolException):
    """The reason, as the model is told it."""


def guard_tool(
    tool: T,
    kind: str | None = None,
    /,
    *,
    using: Guard | None = None,
    params: Params | None = None,
    cwd: str | None = None,
    scan: bool = False,
    **names: str,
) -> T:
    """
    The tool, whose calls are judged as calls of `kind` (`exec`, `read`, `write`, `fetch`, any other name; its own
    if absent) before they are made. The options are those of `rampart.guard.guard`. The tool given stays as it is.
    """
    shape = Shape(tool.name, list(tool.args))
    judge = As(kind, using, params, cwd, scan, names).judge(shape)
    made = tool.model_copy(update={"handle_tool_error": _handler(tool)})
    # Of a class of its own: LangChain looks for what a tool is given in the signatures of these two methods.
    methods = {"_run": _run(tool, judge, scan), "_arun": _arun(tool, judge, scan)}
    own: Any = type(tool)
    guarded = type(own)(own.__name__, (own,), {"__module__": own.__module__, **methods})
    object.__setattr__(made, "__class__", guarded)
    return made


def _run(tool: BaseTool, judge: Judge, scan: bool) -> Callable[..., object]:
    @functools.wraps(type(tool)._run)
    def run(_self: BaseTool, *args: Any, **kwargs: Any) -> object:
        try:
            call = judge.call(_given(tool, args, kwargs))
            with call:
                pass
        except RampartError as error:
            raise NotDone(told(error)) from error
        result = tool._run(*args, **kwargs)
        if not scan:
            return result
        try:
            shown, rest = _parts(tool, result)
            return _joined(call.scan(shown), rest)
        except RampartError as error:
            raise NotDone(told(error)) from error

    return run


def _arun(tool: BaseTool, judge: Judge, scan: bool) -> Callable[..., object]:
    own = type(tool)
    signature = own._run if own._arun is BaseTool._arun else own._arun

    async def arun(_self: BaseTool, *args: Any, **kwargs: Any) -> object:
        try:
            call = judge.call(_given(tool, args, kwargs))
            async with call:
                pass
        except RampartError as error:
            raise NotDone(told(error)) from error
        result = await tool._arun(*args, **kwargs)
        if not scan:
            return result
        try:
            shown, rest = _parts(tool, result)
            return _joined(await call.scan_async(shown), rest)
        except RampartError as error:
            raise NotDone(told(error)) from error

    return functools.wraps(signature)(arun)


def _given(
    tool: BaseTool, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, object]:
    """What the model chose, by name; not what LangChain or the program puts in."""
    parameters = inspect.signature(type(tool)._run).parameters.items()
    configs = {
        name for name, one in parameters if "RunnableConfig" in str(one.annotation)
    }
    ours = tool._filter_injected_args(dict(kwargs))
    named = dict(zip(tool.args, args, strict=False))
    return {
        **named,
        **{name: value for name, value in ours.items() if name not in configs},
    }


def _parts(tool: BaseTool, result: Any) -> tuple[Any, tuple[Any, ...]]:
    """What the model sees of a result, and the artifact that it does not."""
    if tool.response_format == "content_and_artifact":
        content, *rest = result
        return content, tuple(rest)
    return result, ()


def _joined(shown: Any, rest: tuple[Any, ...]) -> Any:
    return (shown, *rest) if rest else shown


def _handler(tool: BaseTool) -> Callable[[ToolException], Any]:
    """The model is told of what Rampart says; of the tool's own errors as ever."""
    own = tool.handle_tool_error

    def handle(error: ToolException) -> Any:
        if isinstance(error, NotDone):
            return str(error)
        if not own:
            raise error
        if callable(own):
            return own(error)
        return (
            own
            if isinstance(own, str)
            else (error.args[0] if error.args else "Tool execution error")
        )

    return cast(Callable[[ToolException], Any], handle)
