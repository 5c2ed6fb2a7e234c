"""Decorators: the function is called once its call is allowed."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import ParamSpec, Protocol, TypeVar, cast, overload

from .arguments import Params, binder, mapper, placer, shape_of
from .call import Call, permitted
from .client import Guard
from .errors import unreadable

P = ParamSpec("P")
R = TypeVar("R")

_made: dict[str, Guard] = {}


def default_guard() -> Guard:
    """The one that decorators ask without `using`: made on first use, by the environment of then."""
    # One step, of which the first thread's stays; a lock could be caught shut by a fork.
    return _made.get("default") or _made.setdefault("default", Guard())


class Decorator(Protocol):
    def __call__(self, function: Callable[P, R], /) -> Callable[P, R]: ...


def guard(
    tool: str,
    *,
    using: Guard | None = None,
    params: Params | None = None,
    cwd: str | None = None,
    scan: bool = False,
    **names: str,
) -> Decorator:
    """
    Calls of the function are calls of `tool`. The params of `exec`, `read`, `write` and `fetch` are found by the
    usual names of arguments; of any other tool every argument is one, under its name. `param='argument'` says
    what comes from where, `params=` makes them of all arguments by name, `cwd='argument'` names the argument that
    is the working directory (of those four tools `cwd` is known). `scan=True` has the result looked at, too. What
    cannot be mapped is a TypeError here.
    """

    def decorate(function: Callable[P, R], /) -> Callable[P, R]:
        if isinstance(function, (staticmethod, classmethod)):
            # Below its descriptor, so that it is bound as ever.
            return cast(Callable[P, R], type(function)(decorate(function.__func__)))
        _check(function)
        shape = shape_of(function)
        bind = binder(function)
        make = params or mapper(tool, shape, names)
        place = placer(tool, shape, cwd)

        def start(args: tuple[object, ...], kwargs: dict[str, object]) -> Started:
            given = bind(args, kwargs)
            judged = make(given)
            call = (using or default_guard()).call(tool, judged, cwd=place(given))

            def check() -> None:
                # A list may have changed while a person was asked; what `params=` makes may be new each time.
                if params is None and make(bind(args, kwargs)) != judged:
                    raise unreadable(
                        f"The arguments of {shape.name} changed while they were judged"
                    )

            return call, check

        if _is_async(function):
            return cast(Callable[P, R], _async(function, start, scan))
        return cast(Callable[P, R], _sync(function, start, scan))

    return decorate


def _check(function: Callable[..., object]) -> None:
    if inspect.isclass(function):
        raise TypeError("A class is no call: guard its methods")
    own = type(function).__call__
    for one in (function, own):
        if inspect.isasyncgenfunction(one) or inspect.isgeneratorfunction(one):
            raise TypeError(
                "A generator runs later than it is called: guard what it calls"
            )


def _is_async(function: Callable[..., object]) -> bool:
    """Also of an object that is called like a function."""
    own = type(function).__call__
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(own)


#: A call, and what raises where its arguments are not the judged ones any more.
Started = tuple[Call, Callable[[], None]]
Starting = Callable[[tuple[object, ...], dict[str, object]], Started]


def _sync(
    function: Callable[..., object], start: Starting, scan: bool
) -> Callable[..., object]:
    @functools.wraps(function)
    def guarded(*args: object, **kwargs: object) -> object:
        call, check = start(args, kwargs)
        permitted(call.decide())
        check()
        result = function(*args, **kwargs)
        return call.scan(result) if scan else result

    return guarded


def _async(
    function: Callable[..., object], start: Starting, scan: bool
) -> Callable[..., object]:
    asynchronous = cast(Callable[..., Awaitable[object]], function)

    @functools.wraps(function)
    async def guarded(*args: object, **kwargs: object) -> object:
        call, check = start(args, kwargs)
        permitted(await call.decide_async())
        check()
        result = await asynchronous(*args, **kwargs)
        return await call.scan_async(result) if scan else result

    return guarded


class _Tool:
    """`@guard_exec` and `@guard_exec(...)`: the options are those of `guard`."""

    def __init__(self, tool: str) -> None:
        self._tool = tool

    @overload
    def __call__(self, function: Callable[P, R], /) -> Callable[P, R]: ...

    @overload
    def __call__(
        self,
        function: None = None,
        /,
        *,
        using: Guard | None = None,
        params: Params | None = None,
        cwd: str | None = None,
        scan: bool = False,
        **names: str,
    ) -> Decorator: ...

    def __call__(
        self,
        function: Callable[P, R] | None = None,
        /,
        *,
        using: Guard | None = None,
        params: Params | None = None,
        cwd: str | None = None,
        scan: bool = False,
        **names: str,
    ) -> Callable[P, R] | Decorator:
        decorate = guard(
            self._tool, using=using, params=params, cwd=cwd, scan=scan, **names
        )
        return decorate if function is None else decorate(function)


guard_exec = _Tool("exec")
guard_read = _Tool("read")
guard_write = _Tool("write")
guard_fetch = _Tool("fetch")
