"""One HTTP exchange over TCP or the unix socket, sync and async."""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
import threading
import time
import weakref
from collections.abc import Iterator
from typing import TypedDict

import httpx

from .errors import Unreached, unreadable
from .steps import Question, Reply
from .target import Target

ANSWER_LIMIT = 16 << 20
#: Only these say that nobody is there; a program itself can bring about every other one (security.md F6).
ABSENT = (errno.ENOENT, errno.ECONNREFUSED)
#: Those who wait for a person are held, and must not stand in the way of others.
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)
FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)

Verify = ssl.SSLContext | bool
Loops = weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient]


class Line:
    """
    Connections to one server, for this process alone: two that share one after a fork would read each other's
    answers. Nothing of the environment (proxies, netrc) counts, and no redirection is followed.
    """

    def __init__(self, target: Target, timeout_s: float, verify: Verify) -> None:
        self.target = target
        self.pid = os.getpid()
        self._timeout_s = timeout_s
        self._verify = verify
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._loops: Loops = weakref.WeakKeyDictionary()

    def exchange(self, question: Question) -> Reply:
        if question.pause_s > 0:
            time.sleep(question.pause_s)
        reading = self._reading(question)
        try:
            with self._sync().stream(**self._request(question)) as answer:
                for chunk in answer.iter_bytes():
                    reading.take(chunk)
                return reading.reply(answer)
        except FAILURES as error:
            raise self._unreached(error) from error

    async def exchange_async(self, question: Question) -> Reply:
        if question.pause_s > 0:
            await asyncio.sleep(question.pause_s)
        reading = self._reading(question)
        try:
            async with self._async().stream(**self._request(question)) as answer:
                async for chunk in answer.aiter_bytes():
                    reading.take(chunk)
                return reading.reply(answer)
        except FAILURES as error:
            raise self._unreached(error) from error

    def close(self) -> None:
        if self._client is not None and self.pid == os.getpid():
            self._client.close()

    async def close_async(self) -> None:
        client = self._loops.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    def _sync(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                transport = httpx.HTTPTransport(
                    verify=self._verify, uds=self.target.socket, trust_env=False, limits=LIMITS
                )
                self._client = httpx.Client(transport=transport, trust_env=False)
            return self._client

    def _async(self) -> httpx.AsyncClient:
        """Connections belong to the loop that opened them."""
        loop = asyncio.get_running_loop()
        with self._lock:
            client = self._loops.get(loop)
            if client is None:
                for ended in [one for one in self._loops if one.is_closed()]:
                    del self._loops[ended]
                transport = httpx.AsyncHTTPTransport(
                    verify=self._verify, uds=self.target.socket, trust_env=False, limits=LIMITS
                )
                client = httpx.AsyncClient(transport=transport, trust_env=False)
                self._loops[loop] = client
            return client

    def _request(self, question: Question) -> "_Request":
        headers = {
            "accept": "application/json",
            # What is packed could be a bomb.
            "accept-encoding": "identity",
            **question.headers,
        }
        if question.body is not None:
            headers["content-type"] = "application/json"
        if self.target.token is not None:
            headers["authorization"] = f"Bearer {self.target.token}"
        return {
            "method": question.method,
            "url": f"{self.target.url}{question.path}",
            "content": question.body,
            "headers": headers,
            "timeout": httpx.Timeout(self._timeout_s, read=self._timeout_s + question.wait_s),
        }

    def _reading(self, question: Question) -> "_Reading":
        return _Reading(time.monotonic() + 2 * self._timeout_s + question.wait_s)

    def _unreached(self, error: BaseException) -> Unreached:
        codes = list(_codes(error, 0))
        absent = bool(codes) and all(code in ABSENT for code in codes)
        where = self.target.socket or self.target.url
        said = str(error) or type(error).__name__
        return Unreached(absent and isinstance(error, httpx.ConnectError), f"No answer from {where}: {said}")


class _Request(TypedDict):
    method: str
    url: str
    content: bytes | None
    headers: dict[str, str]
    timeout: httpx.Timeout


class _Reading:
    """An answer as it comes in: neither endless nor for ever."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._body = bytearray()

    def take(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > ANSWER_LIMIT:
            raise unreadable(f"The answer is longer than {ANSWER_LIMIT >> 20} MiB")
        if time.monotonic() > self._deadline:
            raise Unreached(False, "The answer came too slowly")

    def reply(self, answer: httpx.Response) -> Reply:
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        return Reply(answer.status_code, kind, bytes(self._body))


def _codes(error: BaseException, depth: int) -> Iterator[int | None]:
    """
    The errno of each failure that was the reason; several where a name has several addresses. The context of a
    failing system call is what the caller was handling meanwhile, and says nothing of the server.
    """
    # httpcore raises its errors "from None", but always while it handles the reason.
    reason = error.__cause__ or (None if isinstance(error, OSError) else error.__context__)
    parts = getattr(error, "exceptions", None)
    if depth > 8:
        yield None
    elif isinstance(parts, tuple):
        for part in parts:
            yield from _codes(part, depth + 1)
    elif isinstance(error, OSError) and error.errno is not None:
        yield error.errno
    elif reason is not None:
        yield from _codes(reason, depth + 1)
    else:
        yield None
