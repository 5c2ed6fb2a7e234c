"""What the tests of rampart.guard share: a live server named by the environment, a person, and a server of nonsense."""

import asyncio
import contextlib
import gc
import json
import os
import pathlib
import socket
import ssl
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import httpx
from rampart.guard import Decision, Guard, RampartError

HOME, URL = os.environ["GUARD_HOME"], os.environ["GUARD_URL"]
ADMIN = pathlib.Path(HOME, "token").read_text().strip()
for name in [name for name in os.environ if name.startswith("RAMPART_")]:
    del os.environ[name]


@contextlib.contextmanager
def raises(kind: type[BaseException], **expected: object) -> Iterator[list[Any]]:
    caught: list[Any] = []
    try:
        yield caught
    except kind as error:
        caught.append(error)
        for key, value in expected.items():
            assert getattr(error, key) == value, (key, getattr(error, key), value, str(error))
        return
    raise AssertionError(f"no {kind.__name__} was raised")


@contextlib.contextmanager
def environment(**values: str) -> Iterator[None]:
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]


def until(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("nothing within 60 s")


def admin(method: str, path: str, body: object = None) -> Any:
    headers = {"authorization": f"Bearer {ADMIN}"}
    with httpx.Client(trust_env=False, timeout=60) as client:
        answer = client.request(method, f"{URL}{path}", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def question(command: str | list[str]) -> Any:
    listed = admin("GET", "/v1/approvals?status=pending")["approvals"]
    return next((one for one in listed if one["params"].get("command") == command), None)


@contextlib.contextmanager
def person(command: str | list[str], approved: bool, ready: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Somebody who answers the question about a command once it is put."""

    def answer() -> None:
        asked = until(lambda: ready() and question(command))
        body = {"approved": approved, **({} if approved else {"reason": "not on a Friday"})}
        admin("POST", f"/v1/approvals/{asked['id']}/resolve", body)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def home_naming(directory: str, **named: object) -> str:
    run = pathlib.Path(directory, "run")
    run.mkdir(exist_ok=True)
    (run / "serve.json").write_text(json.dumps({"pid": 2, **named}))
    return directory


def check(**named: Any) -> Decision:
    """By both ways, which must agree."""
    one = Guard(**named)
    seen: list[Decision | RampartError] = []
    ways: list[Callable[[], Decision]] = [
        lambda: one.check("exec", {"command": "ls"}),
        lambda: asyncio.run(one.check_async("exec", {"command": "ls"})),
    ]
    for ask in ways:
        try:
            seen.append(ask())
        except RampartError as error:
            seen.append(error)
    assert type(seen[0]) is type(seen[1]), seen
    if isinstance(seen[0], RampartError):
        assert getattr(seen[0], "code", "") == getattr(seen[1], "code", ""), seen
        raise seen[0]
    return seen[0]


class Fake:
    """
    A server that answers what a test says, to one connection after the other, and keeps what it was asked. An
    answer of several parts comes part by part; `keep` has more than one question asked on a connection.
    """

    def __init__(
        self, *answers: bytes | Iterator[bytes], keep: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        self.asked: list[bytes] = []
        self.connections = 0
        self._answers = list(answers)
        self._keep = keep
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, contextlib.suppress(OSError):
                if self._tls is None:
                    self._converse(connection)
                else:
                    with self._tls.wrap_socket(connection, server_side=True) as secured:
                        self._converse(secured)

    def _converse(self, connection: socket.socket) -> None:
        while True:
            request = b""
            while chunk := connection.recv(65536):
                request += chunk
                if self._whole(request):
                    break
            if not request and self._keep:
                return
            self.asked.append(request)
            answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
            for part in [answer] if isinstance(answer, bytes) else answer:
                connection.sendall(part)
            if not self._keep:
                return

    @staticmethod
    def _whole(request: bytes) -> bool:
        head, found, body = request.partition(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return len(body) >= int(line.split(b":")[1])
        return bool(found)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def answer(status: int, body: object, kind: str = "application/json", more: str = "connection: close") -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(text)}\r\n{more}\r\n\r\n"
    return head.encode() + text


YES = {
    **{"allowed": True, "decision": "allow", "message": "", "policy": None, "rule": None},
    **{"audit_id": "A", "enforced": True},
}
WAITING = {**YES, "allowed": False, "decision": "require_approval", "approval_id": "abc", "approval_status": "pending"}


def main(tests: Mapping[str, object]) -> int:
    """Run them, each in its turn; what is left open fails its test."""
    unraisable: list[str] = []
    sys.unraisablehook = lambda told: unraisable.append(f"{told.exc_value!r} {told.object!r}")
    warnings.simplefilter("error", ResourceWarning)
    failed = 0
    for name, test in list(tests.items()):
        if not name.startswith("test_") or (sys.argv[1:] and name not in sys.argv[1:]):
            continue
        assert callable(test)
        begun = time.monotonic()
        try:
            test()
            gc.collect()
            assert not unraisable, unraisable
            print(f"ok {name} {time.monotonic() - begun:.1f} s", flush=True)
        except BaseException:
            failed += 1
            unraisable.clear()
            print(f"not ok {name}\n{traceback.format_exc()}", flush=True)
    return 1 if failed else 0
