"""How a function's arguments become the params of a call: by their names, or as the decorator is told."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from .errors import unreadable

#: For each tool its params, each with the names of arguments that it may come from.
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "exec": {"command": ("command", "cmd", "command_line", "shell_command", "script", "argv", "args")},
    "read": {"path": ("path", "paths", "file", "files", "filename", "file_path", "filepath", "source", "src")},
    "write": {
        "path": (
            *("path", "paths", "file", "files", "filename", "file_path", "filepath"),
            *("destination", "dest", "dst", "target"),
        ),
        "content": ("content", "contents", "text", "data", "body"),
    },
    "fetch": {"url": ("url", "urls", "uri", "href", "link")},
}
OPTIONAL = frozenset({"content"})

Arguments = Mapping[str, object]
Bind = Callable[[tuple[Any, ...], dict[str, Any]], Arguments]
#: The arguments by name, defaults filled in, to the params of the call.
Params = Callable[[Arguments], Mapping[str, object]]


def binder(function: Callable[..., object]) -> Bind:
    """What the function would be called with, by name; those of `**kwargs` among them."""
    signature = inspect.signature(function)
    rest = [name for name, one in signature.parameters.items() if one.kind is one.VAR_KEYWORD]

    def bind(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = dict(bound.arguments)
        for name in rest:
            given.update(given.pop(name))
        return given

    return bind


def mapper(tool: str, function: Callable[..., object], names: Mapping[str, str]) -> Params:
    """
    The params of a call to this function. Raises TypeError where nobody can say which argument is meant: an
    argument that is not judged would be no boundary.
    """
    parameters = inspect.signature(function).parameters
    known = NAMES.get(tool)
    for param, name in names.items():
        if name not in parameters:
            raise TypeError(f"{_name(function)} has no argument {name!r} for {param}")
    if known is None:
        return lambda given: _all(given, names)
    strange = [param for param in names if param not in known]
    if strange:
        raise TypeError(f"{tool} has no {strange[0]}: name {' or '.join(known)}, or give params=")
    chosen = {param: names.get(param) or _choose(tool, param, function) for param in known}
    return lambda given: {
        param: _value(param, given[name], function)
        for param, name in chosen.items()
        if name is not None and not (param in OPTIONAL and given[name] is None)
    }


def placer(
    tool: str, function: Callable[..., object], name: str | None
) -> Callable[[Arguments], str | None]:
    """The working directory of a call, where an argument says it."""
    parameters = inspect.signature(function).parameters
    if name is None and tool in NAMES and "cwd" in parameters:
        name = "cwd"
    if name is None:
        return lambda _given: None
    if name not in parameters:
        raise TypeError(f"{_name(function)} has no argument {name!r} for cwd")
    argument = name
    return lambda given: (
        None if given[argument] is None else _text("cwd", given[argument], function)
    )


def _choose(tool: str, param: str, function: Callable[..., object]) -> str | None:
    parameters = inspect.signature(function).parameters
    found = [name for name in NAMES[tool][param] if name in parameters]
    if len(found) == 1 or (not found and param in OPTIONAL):
        return found[0] if found else None
    why = f"{' and '.join(found)} could each be it" if found else "no argument is known to be it"
    raise TypeError(
        f"{_name(function)}: {why}; say which is the {param}: guard_{tool}({param}='…'), or give params="
    )


def _value(param: str, value: object, function: Callable[..., object]) -> object:
    if isinstance(value, (list, tuple)):
        if not value:
            raise unreadable(f"{_name(function)} is called with an empty {param}")
        return [_text(param, one, function) for one in value]
    return _text(param, value, function)


def _text(param: str, value: object, function: Callable[..., object]) -> str:
    text: object = value
    if param == "url" and isinstance(value, httpx.URL):
        text = str(value)
    elif param != "url" and isinstance(value, os.PathLike):
        text = os.fspath(value)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise unreadable(f"{_name(function)}: its {param} is no UTF-8") from error
    if isinstance(text, str):
        return text
    raise unreadable(f"{_name(function)}: a {type(value).__name__} is no {param} that can be judged")


def _all(given: Arguments, names: Mapping[str, str]) -> Mapping[str, object]:
    """Every argument, under the param that it was named for."""
    renamed = {name: param for param, name in names.items()}
    params: dict[str, object] = {}
    for name, value in given.items():
        if name in ("self", "cls"):
            continue
        param = renamed.get(name, name)
        if param in params:
            raise unreadable(f"Two arguments are the {param}")
        params[param] = _plain(value, 0)
    return params


def _plain(value: object, depth: int) -> object:
    if depth > 64:
        raise unreadable("An argument is too deep to be judged")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, os.PathLike):
        return _plain(os.fspath(value), depth + 1)
    if isinstance(value, (list, tuple)):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _plain(one, depth + 1) for key, one in value.items()}
    raise unreadable(f"A {type(value).__name__} among the arguments cannot be judged")


def _name(function: Callable[..., object]) -> str:
    return f"{getattr(function, '__qualname__', repr(function))}()"


