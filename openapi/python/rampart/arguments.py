"""How a function's arguments become the params of a call: by their names, or as the decorator is told."""

from __future__ import annotations

import datetime
import decimal
import inspect
import os
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import unreadable

#: For each tool its params, each with the names of arguments that it may come from.
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "exec": {
        "command": (
            "command",
            "cmd",
            "command_line",
            "shell_command",
            "script",
            "argv",
            "args",
        )
    },
    "read": {
        "path": (
            "path",
            "paths",
            "file",
            "files",
            "filename",
            "file_path",
            "filepath",
            "source",
            "src",
        )
    },
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
Place = Callable[[Arguments], str | None]


@dataclass(frozen=True)
class Shape:
    """A function or a tool of some framework: its name in messages, and the names of its arguments."""

    name: str
    arguments: Collection[str]


def shape_of(function: Callable[..., object]) -> Shape:
    parameters = inspect.signature(function).parameters
    return Shape(
        f"{getattr(function, '__qualname__', repr(function))}()", list(parameters)
    )


def binder(function: Callable[..., object]) -> Bind:
    """What the function would be called with, by name; those of `**kwargs` among them."""
    signature = inspect.signature(function)
    rest = [
        name
        for name, one in signature.parameters.items()
        if one.kind is one.VAR_KEYWORD
    ]
    first = next(iter(signature.parameters), None)
    # The object that a method belongs to; of `**kwargs` a name like that is an argument as any.
    receiver = first if first in ("self", "cls") else None

    def bind(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = dict(bound.arguments)
        given.pop(receiver or "", None)
        for name in rest:
            more = given.pop(name)
            twice = [key for key in more if key in given]
            if twice:
                # One of `def f(path, /, **kwargs)`: what is judged must be what is used.
                raise unreadable(f"Two arguments are named {twice[0]}")
            given.update(more)
        return given

    return bind


def mapper(tool: str, shape: Shape, names: Mapping[str, str]) -> Params:
    """
    The params of a call to this function. Raises TypeError where nobody can say which argument is meant: an
    argument that is not judged would be no boundary.
    """
    known = NAMES.get(tool)
    for param, name in names.items():
        if name not in shape.arguments:
            raise TypeError(f"{shape.name} has no argument {name!r} for {param}")
    if known is None:
        return lambda given: _all(given, names)
    strange = [param for param in names if param not in known]
    if strange:
        raise TypeError(
            f"{tool} has no {strange[0]}: name {' or '.join(known)}, or give params="
        )
    chosen = {param: names.get(param) or _choose(tool, param, shape) for param in known}

    def params(given: Arguments) -> Mapping[str, object]:
        made: dict[str, object] = {}
        for param, name in chosen.items():
            if name is None or (param in OPTIONAL and given.get(name) is None):
                continue
            if name not in given:
                raise unreadable(f"{shape.name} is called without its {name}")
            made[param] = _value(param, given[name], shape)
        return made

    return params


def placer(tool: str, shape: Shape, name: str | None) -> Place:
    """The working directory of a call, where an argument says it."""
    if name is None and tool in NAMES and "cwd" in shape.arguments:
        name = "cwd"
    if name is None:
        return lambda _given: None
    if name not in shape.arguments:
        raise TypeError(f"{shape.name} has no argument {name!r} for cwd")
    argument = name
    return lambda given: (
        None if given.get(argument) is None else _text("cwd", given[argument], shape)
    )


def _choose(tool: str, param: str, shape: Shape) -> str | None:
    found = [name for name in NAMES[tool][param] if name in shape.arguments]
    if len(found) == 1 or (not found and param in OPTIONAL):
        return found[0] if found else None
    why = (
        f"{' and '.join(found)} could each be it"
        if found
        else "no argument is known to be it"
    )
    raise TypeError(
        f"{shape.name}: {why}; say which is the {param}: guard_{tool}({param}='…'), or give params="
    )


def _value(param: str, value: object, shape: Shape) -> object:
    if isinstance(value, (list, tuple)):
        if not value:
            raise unreadable(f"{shape.name} is called with an empty {param}")
        return [_text(param, one, shape) for one in value]
    return _text(param, value, shape)


def _text(param: str, value: object, shape: Shape) -> str:
    text: object = value
    if param == "url" and _is_url(value):
        text = str(value)
    elif param != "url" and isinstance(value, os.PathLike):
        text = os.fspath(value)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise unreadable(f"{shape.name}: its {param} is no UTF-8") from error
    if isinstance(text, str):
        return text
    raise unreadable(
        f"{shape.name}: a {type(value).__name__} is no {param} that can be judged"
    )


def _all(given: Arguments, names: Mapping[str, str]) -> Mapping[str, object]:
    """Every argument, under the param that it was named for."""
    renamed = {name: param for param, name in names.items()}
    params: dict[str, object] = {}
    for name, value in given.items():
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
    if isinstance(value, (datetime.date, datetime.time, decimal.Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, os.PathLike):
        return _plain(os.fspath(value), depth + 1)
    if isinstance(value, (list, tuple)):
        return [_plain(one, depth + 1) for one in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _plain(one, depth + 1) for key, one in value.items()}
    dump = getattr(type(value), "model_dump", None)
    if callable(dump):
        # A model of pydantic, which says all of itself.
        return _plain(dump(value, mode="json"), depth + 1)
    raise unreadable(f"A {type(value).__name__} among the arguments cannot be judged")


def _is_url(value: object) -> bool:
    """Of the libraries whose URLs say all of themselves as text; none is loaded for that."""
    module, name = type(value).__module__.split(".")[0], type(value).__name__
    known = ("httpx", "yarl", "pydantic", "pydantic_core")
    return module in known and name.lower().endswith("url")
