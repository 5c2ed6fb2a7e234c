"""
Where the server is, and the credential that may go there: the rules of the command line (security.md F5,
F7). An address out of the environment gets a token out of the environment, and the token of a state directory
goes only to the server that the same directory names, so that no variable can draw it elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import RampartUndecided, Unreached


@dataclass(frozen=True)
class Target:
    url: str
    socket: str | None
    token: str | None = field(repr=False)

    @property
    def host(self) -> str:
        return "localhost" if self.socket is not None else urlsplit(self.url).netloc

    @property
    def hostname(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def is_tls(self) -> bool:
        return self.socket is None and self.url.startswith("https:")

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (443 if self.is_tls else 80)


@dataclass(frozen=True)
class Named:
    """What the caller said of the server; nothing is the usual case."""

    url: str | None
    socket: str | None
    token: str | None = field(repr=False)
    home: str | None


def find_server(named: Named, environ: Mapping[str, str]) -> Target:
    """Raises Unreached (absent) where no server is named, RampartUndecided where what names it is unreadable."""
    token = named.token or environ.get("RAMPART_TOKEN") or None
    if named.socket is not None:
        # The socket carries `eval` by file permission.
        return Target("http://localhost", named.socket, token)
    if named.url is not None:
        return Target(_origin(named.url), None, token)
    url = environ.get("RAMPART_URL")
    # A home that the program itself names counts more than the environment.
    if url and named.home is None:
        return Target(_origin(url), None, token)
    socket = environ.get("RAMPART_SOCKET")
    if socket and socket != "none" and named.home is None:
        if not os.path.isabs(socket):
            raise RampartUndecided(
                "unreached", "RAMPART_SOCKET is not an absolute path"
            )
        return Target("http://localhost", socket, token)
    return _of_home(_home(named.home, environ), token)


def _home(home: str | None, environ: Mapping[str, str]) -> str:
    named = home or environ.get("RAMPART_HOME")
    return os.path.abspath(named or os.path.join(os.path.expanduser("~"), ".rampart"))


def _of_home(home: str, token: str | None) -> Target:
    path = os.path.join(home, "run", "serve.json")
    try:
        told: object = json.loads(_read_small(path, 1 << 14))
    except FileNotFoundError as error:
        raise Unreached(True, f"No server runs on {home}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RampartUndecided("unreached", f"Cannot read {path}: {error}") from error
    url = told.get("url") if isinstance(told, dict) else None
    socket = told.get("socket") if isinstance(told, dict) else None
    if not isinstance(url, str) or not (socket is None or isinstance(socket, str)):
        raise RampartUndecided("unreached", f"{path} names no server")
    if socket is not None:
        return Target(_origin(url), socket, token)
    return Target(_origin(url), None, token or _file_token(os.path.join(home, "token")))


def _file_token(path: str) -> str:
    try:
        token = _read_small(path, 4096).strip()
    except (OSError, ValueError) as error:
        raise RampartUndecided("unreached", f"Cannot read {path}: {error}") from error
    if re.fullmatch("[0-9a-f]{64}", token) is None:
        raise RampartUndecided("unreached", f"{path} holds no token")
    return token


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        # Reading the port checks it.
        fit = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
        )
        # It goes into a header as it stands.
        fit = fit and re.fullmatch(r"[\w.:\[\]%-]+", parts.netloc, re.ASCII) is not None
    except ValueError:
        fit = False
    if not fit or "@" in parts.netloc:
        raise RampartUndecided("unreached", f"{text!r} is not an http or https URL")
    return f"{parts.scheme}://{parts.netloc}"


def _read_small(path: str, limit: int) -> str:
    """Somebody may have put a device, a pipe or a link there: none blocks us, none is followed."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError("too large")
    return content.decode("utf-8")
