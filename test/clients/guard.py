"""rampart.guard against a live server, named by the environment, and against servers that answer nonsense."""

import asyncio
import contextlib
import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from rampart import steps, transport
from rampart.guard import (
    Decision,
    Guard,
    RampartDenied,
    RampartError,
    RampartUndecided,
    guard,
    guard_exec,
    guard_fetch,
    guard_read,
    guard_write,
)

HOME, URL = os.environ["GUARD_HOME"], os.environ["GUARD_URL"]
ADMIN = pathlib.Path(HOME, "token").read_text().strip()
for name in [name for name in os.environ if name.startswith("RAMPART_")]:
    del os.environ[name]

over_socket = Guard(home=HOME, agent="tester")
over_tcp = Guard(url=URL, token=os.environ["GUARD_TOKEN"], agent="tester")
BOTH = (over_socket, over_tcp)


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


def question(command: str) -> Any:
    listed = admin("GET", "/v1/approvals?status=pending")["approvals"]
    return next((one for one in listed if one["params"].get("command") == command), None)


@contextlib.contextmanager
def person(command: str, approved: bool, ready: Callable[[], bool] = lambda: True) -> Iterator[None]:
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


# --- a live server -----------------------------------------------------------------------------------------


def test_allows_and_denies_over_socket_and_tcp() -> None:
    for one in BOTH:
        assert one.check("exec", {"command": "ls"}).allowed
        denied = one.check("exec", {"command": "rm -rf /srv"})
        assert not denied.allowed and denied.enforced and denied.message == "Not that"
        with raises(RampartDenied, decision="deny", policy="shell", message="Not that") as caught:
            with one.call("exec", {"command": "rm -rf /srv"}):
                raise AssertionError("the block was entered")
        assert caught[0].audit_id and caught[0].rule and caught[0].approval_id is None
        with one.call("exec", {"command": "ls"}) as decision:
            assert isinstance(decision, Decision) and decision.allowed and not decision.failed_open


def test_a_call_is_decided_once() -> None:
    call = over_socket.call("exec", {"command": "ls"})
    with call:
        pass
    with raises(RuntimeError):
        call.decide()


def test_async_allows_and_denies() -> None:
    async def body() -> None:
        for one in BOTH:
            async with one.call("exec", {"command": "ls"}) as decision:
                assert decision.allowed
            with raises(RampartDenied, policy="shell"):
                async with one.call("exec", {"command": "rm -rf /srv"}):
                    raise AssertionError("the block was entered")
            answers = await asyncio.gather(
                *(one.check_async("exec", {"command": f"rm -rf /srv/{i}" if i % 2 else f"ls {i}"}) for i in range(20))
            )
            assert [answer.allowed for answer in answers] == [i % 2 == 0 for i in range(20)]
            await one.close_async()

    # Connections of a loop that ended are of no use to the next.
    asyncio.run(body())
    asyncio.run(body())


def test_waits_for_a_persons_yes_and_uses_it_once() -> None:
    for number, one in enumerate(BOTH):
        command = f"deploy yes{number}"
        with person(command, True):
            with one.call("exec", {"command": command}) as decision:
                assert decision.allowed and decision.approval_status == "approved" and decision.approval_id
        with raises(RampartDenied, approval_status="pending"):
            with Guard(home=HOME, agent="tester", approval_timeout=0).call("exec", {"command": command}):
                raise AssertionError("one yes let two calls pass")


def test_a_persons_no_is_told_with_its_reason() -> None:
    command = "deploy no"
    with person(command, False):
        with raises(RampartDenied, approval_status="denied", decision="require_approval") as caught:
            with over_socket.call("exec", {"command": command}):
                raise AssertionError("the block was entered")
    assert "not on a Friday" in caught[0].message, caught[0].message


@contextlib.contextmanager
def short_waits() -> Iterator[list[steps.Question]]:
    """Every request waits a second at most, so that approvals are polled; what was asked."""
    asked: list[steps.Question] = []
    exchange, wait_s = transport.Line.exchange, steps.WAIT_S

    def kept(self: transport.Line, question: steps.Question) -> steps.Reply:
        asked.append(question)
        return exchange(self, question)

    setattr(transport.Line, "exchange", kept)
    setattr(steps, "WAIT_S", 1)
    try:
        yield asked
    finally:
        setattr(transport.Line, "exchange", exchange)
        setattr(steps, "WAIT_S", wait_s)


def test_polls_where_a_person_takes_longer_than_a_request() -> None:
    for approved in (True, False):
        command = f"deploy polled {approved}"
        with short_waits() as asked:
            polled = lambda: any(one.method == "GET" for one in asked)  # noqa: E731
            with person(command, approved, polled):
                call = over_socket.call("exec", {"command": command})
                decision = call.decide()
        assert decision.allowed is approved, decision
        assert decision.approval_status == ("approved" if approved else "denied")
        assert approved or "not on a Friday" in decision.message
        settled = "used" if approved else "denied"
        listed = admin("GET", f"/v1/approvals?status={settled}")["approvals"]
        assert decision.approval_id in [one["id"] for one in listed], "the yes is still there for another call"


def test_nobody_answers_in_time() -> None:
    for one in (Guard(home=HOME, approval_timeout=0), Guard(home=HOME, approval_timeout=1.2, fail_open=True)):
        with raises(RampartDenied, approval_status="pending") as caught:
            with one.call("exec", {"command": f"deploy late{one.approval_timeout}"}):
                raise AssertionError("the block was entered")
        assert caught[0].approval_id and "nobody has answered yet" in caught[0].message
        assert "until" not in caught[0].message, caught[0].message


def test_an_interrupt_and_a_cancelled_task_leave_nobody_waiting() -> None:
    def interrupt() -> None:
        until(lambda: (question("deploy interrupted") or {}).get("waiters"))
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with raises(KeyboardInterrupt):
        over_socket.check("exec", {"command": "deploy interrupted"})
    thread.join()
    until(lambda: question("deploy interrupted")["waiters"] == 0)

    async def cancelled() -> None:
        task = asyncio.create_task(over_socket.check_async("exec", {"command": "deploy cancelled"}))
        while not (await asyncio.to_thread(question, "deploy cancelled") or {}).get("waiters"):
            await asyncio.sleep(0.01)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    until(lambda: question("deploy cancelled")["waiters"] == 0)


def test_outputs_are_scanned() -> None:
    secret = "key sk-abcdefgh1 end"

    @guard_exec(using=over_socket, scan=True)
    def say(command: str) -> Any:
        return {"text": secret, "list": [secret], "none": None, "plain": "fine", "object": object()}[command]

    assert say("plain") == "fine" and say("none") is None
    assert say("text") == "key [hidden by Rampart] end", say("text")
    with raises(RampartDenied, policy="outputs"):
        say("list")
    with raises(RampartUndecided, code="unreadable"):
        say("object")

    @guard_exec(using=over_tcp, scan=True)
    async def say_later(command: str) -> str:
        return secret

    assert asyncio.run(say_later("text")) == "key [hidden by Rampart] end"
    with person("deploy scanned", True):
        call = over_socket.call("exec", {"command": "deploy scanned"})
        with call:
            # The yes was for this very call: its output is no second one.
            assert call.scan("done") == "done"


def test_a_wrong_token_is_no_absence() -> None:
    with raises(RampartUndecided, code="unauthenticated", status=401):
        Guard(url=URL, token="0" * 64, fail_open=True).check("exec", {"command": "ls"})
    with raises(RampartUndecided, code="unauthenticated"):
        Guard(url=URL, fail_open=True).check("exec", {"command": "ls"})


def test_what_the_server_refuses_is_undecided() -> None:
    with raises(RampartUndecided, code="request_invalid", status=400):
        over_socket.check("exec", {})
    with raises(RampartUndecided, code="request_invalid"):
        over_socket.check("a/../b c", {"command": "ls"})
    for strange in ({"command": {1, 2}}, {"x": float("nan")}, {"command": "\udcff"}):
        with raises(RampartUndecided, code="unreadable"):
            Guard(home=HOME, fail_open=True).check("exec", strange)


def test_a_forked_process_has_connections_of_its_own() -> None:
    assert over_socket.check("exec", {"command": "ls"}).allowed
    child = os.fork()
    if child == 0:
        os._exit(0 if over_socket.check("exec", {"command": "rm -rf /srv"}).allowed is False else 1)
    for _ in range(20):
        assert over_socket.check("exec", {"command": "ls"}).allowed
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# --- decorators --------------------------------------------------------------------------------------------


def test_decorators_map_arguments_by_name() -> None:
    made: list[object] = []

    @guard_exec(using=over_socket)
    def run(cmd: str | list[str], timeout: int = 3) -> str:
        """Run it."""
        made.append(cmd)
        return f"ran {cmd} {timeout}"

    assert run("ls", timeout=4) == "ran ls 4" and run.__doc__ == "Run it."
    with raises(RampartDenied, policy="shell"):
        run("rm -rf /srv")
    with raises(RampartDenied, policy="shell"):
        run(cmd=["rm", "-rf", "/srv"])

    @guard_read(using=over_socket)
    def read(path: str | pathlib.Path) -> str:
        return f"read {path}"

    assert read("/tmp/x") == "read /tmp/x"
    with raises(RampartDenied, policy="files"):
        read(pathlib.Path("/secret/key"))

    @guard_read(using=over_socket)
    def read_within(file: str, cwd: str | None = None) -> str:
        return file

    assert read_within("key", "/tmp") == "key"
    with raises(RampartDenied, policy="files"):
        read_within("key", cwd="/secret")

    @guard_write(using=over_socket, path="dst", content="src")
    def copy(src: str, dst: str) -> str:
        return dst

    assert copy("/secret/key", "/tmp/x") == "/tmp/x"
    with raises(RampartDenied, policy="files"):
        copy("x", "/secret/key")

    @guard_fetch(using=over_socket)
    async def fetch(url: str) -> str:
        return url

    assert asyncio.run(fetch("https://good.example/")) == "https://good.example/"
    with raises(RampartDenied, policy="net"):
        asyncio.run(fetch("https://evil.example/"))
    assert made == ["ls"]


def test_any_tool_and_params_of_ones_own() -> None:
    class Files:
        @guard("mcp__files__move", using=over_socket, path="origin")
        def move(self, origin: str, *, force: bool = False) -> str:
            return origin

    assert Files().move("/tmp/a") == "/tmp/a"
    with raises(RampartDenied, policy="moves"):
        Files().move("/tmp/a", force=True)
    with raises(RampartUndecided, code="unreadable"):
        Files().move(object())  # type: ignore[arg-type]

    @guard("exec", using=over_socket, params=lambda given: {"command": f"rm -rf {given['what']}"})
    def remove(what: str) -> None:
        raise AssertionError("it was called")

    with raises(RampartDenied, policy="shell"):
        remove("/srv")


def test_what_cannot_be_mapped_is_refused_at_once() -> None:
    def nothing(x: str) -> None: ...
    def two(command: str, args: list[str]) -> None: ...
    def lazy(command: str) -> Iterator[str]:
        yield command

    for function in (nothing, two, lazy):
        with raises(TypeError):
            guard_exec(function)
    with raises(TypeError):
        guard_exec(command="absent")(nothing)
    with raises(TypeError):
        guard_exec(path="x")(nothing)

    @guard_exec(using=over_socket)
    def run(command: object) -> None:
        raise AssertionError("it was called")

    for value in (None, 3, [], ["ls", 3], iter(["ls"]), b"\xff"):
        with raises(RampartUndecided, code="unreadable"):
            run(value)


def test_decorators_find_the_server_by_the_environment() -> None:
    @guard_exec
    def run(command: str) -> str:
        return command

    with environment(RAMPART_HOME=HOME, RAMPART_AGENT="named", RAMPART_SESSION="sess", RAMPART_RUN="r1"):
        assert run("ls ours") == "ls ours"
    events = admin("GET", "/v1/audit/events?agent=named&session=sess")["events"]
    assert [(event["run_id"], event["principal"]) for event in events] == [("r1", f"uid:{os.getuid()}")], events


# --- no server, or another ---------------------------------------------------------------------------------


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


def test_an_absent_server_is_closed_unless_open_is_asked_for() -> None:
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as stale:
        url = f"http://127.0.0.1:{free_port()}"
        home_naming(stale, url=url, socket=f"{stale}/run/none.sock")
        absent: list[dict[str, str]] = [{"home": empty}, {"home": stale}, {"url": url}, {"socket": f"{empty}/s"}]
        for named in absent:
            with raises(RampartUndecided, code="absent"):
                check(**named)
            passed = check(fail_open=True, **named)
            assert passed.allowed and passed.failed_open and passed.audit_id == ""
            with environment(RAMPART_FAIL_OPEN="0"), raises(RampartUndecided, code="absent"):
                check(fail_open=True, **named)
        call = Guard(home=empty, fail_open=True).call("exec", {"command": "ls"})
        with call:
            assert call.scan("text") == "text"


def test_what_is_there_but_fails_is_no_absence() -> None:
    with tempfile.TemporaryDirectory() as place:
        file = pathlib.Path(place, "file")
        file.write_text("")
        for named in (
            {"socket": f"{file}/s"},
            {"socket": f"{place}/{'x' * 200}"},
            {"url": "http://[::1"},
            {"url": "ftp://127.0.0.1"},
            {"url": "http://user@127.0.0.1"},
        ):
            with raises(RampartUndecided, code="unreached"):
                check(fail_open=True, **named)
        try:
            raise FileNotFoundError(2, "what the caller handles is not what ails the server")
        except FileNotFoundError:
            for path in (f"{file}/s", f"{place}/{'x' * 200}"):
                with raises(RampartUndecided, code="unreached"):
                    check(fail_open=True, socket=path)
        for text in ("", "{", "[]", '{"url": 3}', '{"url": "http://127.0.0.1:1", "socket": 1}', "x" * 20_000):
            home_naming(place)
            pathlib.Path(place, "run", "serve.json").write_text(text)
            with raises(RampartUndecided, code="unreached"):
                check(fail_open=True, home=place)
        os.unlink(f"{place}/run/serve.json")
        os.mkfifo(f"{place}/run/serve.json")
        with raises(RampartUndecided, code="unreached"):
            check(fail_open=True, home=place)


class Fake:
    """A server that answers what a test says, to one connection after the other, and keeps what it was asked."""

    def __init__(self, *answers: bytes) -> None:
        self.asked: list[bytes] = []
        self._answers = list(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                request = b""
                while chunk := connection.recv(65536):
                    request += chunk
                    if self._whole(request):
                        break
                self.asked.append(request)
                answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
                with contextlib.suppress(OSError):
                    connection.sendall(answer)

    @staticmethod
    def _whole(request: bytes) -> bool:
        head, found, body = request.partition(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return len(body) >= int(line.split(b":")[1])
        return bool(found)

    def __enter__(self) -> "Fake":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def answer(status: int, body: object, kind: str = "application/json") -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(text)}\r\nconnection: close\r\n\r\n"
    return head.encode() + text


YES = {
    **{"allowed": True, "decision": "allow", "message": "", "policy": None, "rule": None},
    **{"audit_id": "A", "enforced": True},
}
WAITING = {**YES, "allowed": False, "decision": "require_approval", "approval_id": "abc", "approval_status": "pending"}


def test_an_answer_that_cannot_be_understood_permits_nothing() -> None:
    with Fake(answer(200, YES)) as fine:
        assert check(url=fine.url).allowed
    nonsense = (
        answer(200, b""),
        answer(200, b"yes"),
        answer(200, [YES]),
        answer(200, b"\xff\xfe"),
        answer(200, b"[" * 100_000),
        answer(200, b'{"allowed": false, ' + json.dumps(YES).encode()[1:]),
        answer(200, {**YES, "allowed": "true"}),
        answer(200, {**YES, "allowed": 1}),
        answer(200, {**YES, "allowed": False}),
        answer(200, {**YES, "decision": "permit"}),
        answer(200, {**YES, "audit_id": None}),
        answer(200, {"allowed": True}),
        answer(200, YES, "text/html"),
        answer(201, YES),
        answer(204, b""),
        answer(302, YES),
        answer(403, YES),
        answer(202, YES),
        answer(202, {**WAITING, "approval_id": "../../v1/status"}),
        answer(202, {**WAITING, "allowed": True}),
        answer(404, b"<html>", "text/html"),
        answer(500, b"{}"),
    )
    for raw in nonsense:
        with Fake(raw) as fake, raises(RampartUndecided, code="unreadable"):
            check(url=fake.url, fail_open=True)
    for raw in (b"", b"SSH-2.0-x\r\n", answer(200, YES)[:-5], b"HTTP/1.1 200 OK\r\n"):
        with Fake(raw) as fake, raises(RampartUndecided, code="unreached"):
            check(url=fake.url, fail_open=True)
    problem = {"code": "audit_unavailable", "detail": "The disk is full"}
    with Fake(answer(503, problem, "application/problem+json")) as fake:
        with raises(RampartUndecided, code="audit_unavailable", status=503, message="The disk is full"):
            check(url=fake.url, fail_open=True)


def test_what_became_of_a_question_is_read_as_strictly() -> None:
    asked = answer(202, WAITING)
    yes = answer(200, {"id": "abc", "status": "approved"})
    passed = answer(200, YES)
    with Fake(asked, yes, passed) as fake:
        assert Guard(url=fake.url).check("exec", {}).allowed
        assert fake.asked[0].startswith(b"POST /v1/tool/exec ") and b"prefer: wait=25" in fake.asked[0].lower()
        assert fake.asked[1].startswith(b"GET /v1/approvals/abc?wait=25 ")
        assert fake.asked[2].startswith(b"POST ") and fake.asked[2].split(b"\r\n\r\n")[1] in fake.asked[0]
    # A yes alone is no permission: the server looks at the call again.
    with Fake(asked, yes, answer(403, {**YES, "allowed": False, "decision": "deny"})) as fake:
        assert not Guard(url=fake.url).check("exec", {}).allowed
    for raw in (
        answer(200, {"id": "other", "status": "approved"}),
        answer(200, {"id": "abc", "status": "fine"}),
        answer(200, {"id": "abc"}),
        answer(200, {**YES, "id": "abc", "status": "approved"}),
        answer(200, b"approved"),
        answer(404, b"{}"),
    ):
        with Fake(asked, raw) as fake, raises(RampartUndecided, code="unreadable"):
            Guard(url=fake.url, fail_open=True).check("exec", {})
    # A server that is away for a moment keeps the question, and so does one that is ill.
    with Fake(asked, b"", answer(503, b"{}"), yes, passed) as fake:
        assert Guard(url=fake.url).check("exec", {}).allowed
    # The yes went to another call that was the same: it is asked about again.
    with Fake(asked, answer(200, {"id": "abc", "status": "used"}), passed) as fake:
        assert Guard(url=fake.url).check("exec", {}).allowed
    with Fake(asked, answer(200, {"id": "abc", "status": "used"}), b"") as fake:
        with raises(RampartUndecided, code="unreached"):
            Guard(url=fake.url, fail_open=True).check("exec", {})


def test_tokens_go_where_they_belong() -> None:
    def sent(fake: Fake, **named: Any) -> set[bytes]:
        check(**named)
        lines = [line for asked in fake.asked for line in asked.lower().split(b"\r\n")]
        fake.asked.clear()
        return {line for line in lines if line.startswith(b"authorization:")}

    with tempfile.TemporaryDirectory() as home, Fake(answer(200, YES)) as fake:
        ours = "ab" * 32
        pathlib.Path(home, "token").write_text(f"{ours}\n")
        home_naming(home, url=fake.url, socket=None)
        assert sent(fake, home=home) == {f"authorization: bearer {ours}".encode()}
        with environment(RAMPART_HOME=home):
            assert sent(fake) == {f"authorization: bearer {ours}".encode()}
            assert sent(fake, url=fake.url) == set()
            with environment(RAMPART_URL=fake.url):
                assert sent(fake) == set(), "the environment drew the person's token elsewhere"
                with environment(RAMPART_TOKEN="theirs"):
                    assert sent(fake) == {b"authorization: bearer theirs"}
        with environment(HTTP_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1"):
            assert sent(fake, url=fake.url, token="t") == {b"authorization: bearer t"}
        os.rename(f"{home}/token", f"{home}/real")
        os.symlink(f"{home}/real", f"{home}/token")
        with raises(RampartUndecided, code="unreached"):
            check(home=home, fail_open=True)


def main() -> int:
    failed = 0
    for name, test in list(globals().items()):
        if not name.startswith("test_") or (sys.argv[1:] and name not in sys.argv[1:]):
            continue
        begun = time.monotonic()
        try:
            test()
            print(f"ok {name} {time.monotonic() - begun:.1f} s", flush=True)
        except BaseException:
            failed += 1
            print(f"not ok {name}\n{traceback.format_exc()}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
