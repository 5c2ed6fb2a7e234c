"""rampart.guard against a live server."""

import asyncio
import contextlib
import os
import pathlib
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from rampart import steps, transport
from rampart.guard import (
    Decision,
    Guard,
    RampartDenied,
    RampartUndecided,
    guard,
    guard_exec,
    guard_fetch,
    guard_read,
    guard_write,
)

from kit import HOME, URL, admin, environment, main, person, question, raises, until

over_socket = Guard(home=HOME, agent="tester")
over_tcp = Guard(url=URL, token=os.environ["GUARD_TOKEN"], agent="tester")
BOTH = (over_socket, over_tcp)


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
            polled = lambda: any(one.method == "GET" for one in asked)
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
    with tempfile.TemporaryDirectory() as empty:
        with environment(RAMPART_HOME=empty, RAMPART_SOCKET=f"{HOME}/run/rampart.sock"):
            assert Guard().check("exec", {"command": "ls"}).allowed
            with raises(RampartUndecided, code="absent"):
                Guard(home=empty).check("exec", {"command": "ls"})
        with environment(RAMPART_HOME=HOME, RAMPART_SOCKET="run/rampart.sock"):
            with raises(RampartUndecided, code="unreached"):
                Guard(fail_open=True).check("exec", {"command": "ls"})
    events = admin("GET", "/v1/audit/events?agent=named&session=sess")["events"]
    assert [(event["run_id"], event["principal"]) for event in events] == [("r1", f"uid:{os.getuid()}")], events


def test_every_kind_of_argument_is_the_bound_one() -> None:
    made: list[object] = []

    @guard_exec(using=over_socket)
    def default(command: str = "rm -rf /srv") -> None:
        made.append(command)

    @guard_exec(using=over_socket)
    def only_named(*, verbose: bool = False, cmd: str) -> None:
        made.append(cmd)

    @guard_exec(using=over_socket)
    def words(*argv: str) -> None:
        made.append(argv)

    @guard_read(using=over_socket)
    def paths(*files: str | bytes | pathlib.Path) -> None:
        made.append(files)

    @guard_fetch(using=over_socket)
    def many(urls: list[object]) -> None:
        made.append(urls)

    calls: list[Callable[[], object]] = [
        default,
        lambda: only_named(cmd="rm -rf /srv"),
        lambda: words("rm", "-rf", "/srv"),
        lambda: paths("/tmp/a", b"/secret/b"),
        lambda: paths(pathlib.Path("/secret/b"), "/tmp/a"),
        lambda: many(["https://good.example", httpx.URL("https://evil.example/x")]),
    ]
    for denied in calls:
        with raises(RampartDenied, decision="deny"):
            denied()
    assert made == []
    default("ls")
    only_named(cmd="ls")
    words("ls", "-l")
    paths("/tmp/a", b"/tmp/b")
    many([httpx.URL("https://good.example/")])
    assert len(made) == 5


def test_arguments_that_change_while_a_person_is_asked_are_not_used() -> None:
    argv = ["deploy", "changed"]

    @guard_exec(using=over_socket)
    def run(argv: list[str]) -> None:
        raise AssertionError("it was called")

    def change() -> bool:
        if question_of(["deploy", "changed"]):
            argv[:] = ["rm", "-rf", "/srv"]
            return True
        return False

    def question_of(words: list[str]) -> bool:
        listed = admin("GET", "/v1/approvals?status=pending")["approvals"]
        return any(one["params"].get("command") in (words, " ".join(words)) for one in listed)

    with person(argv[:], True, change), raises(RampartUndecided, code="unreadable") as caught:
        run(argv)
    assert "changed" in caught[0].message


def test_no_argument_hides_behind_another_of_its_name() -> None:
    @guard_read(using=over_socket)
    def read(path: str, /, **options: object) -> None:
        raise AssertionError("it was called")

    @guard("mcp__files__move", using=over_socket)
    def move(**options: object) -> None:
        raise AssertionError("it was called")

    with raises(RampartUndecided, code="unreadable"):
        read("/secret/key", path="/tmp/x")
    with raises(RampartDenied, policy="selves"):
        move(self="rm")


def test_methods_of_every_kind() -> None:
    class Tools:
        @guard_exec(using=over_socket)
        def own(self, command: str) -> str:
            return command

        @guard_exec(using=over_socket)
        @staticmethod
        def static(command: str) -> str:
            return command

        @staticmethod
        @guard_exec(using=over_socket)
        def outside(command: str) -> str:
            return command

        @guard_exec(using=over_socket)
        @classmethod
        def of_class(cls, command: str) -> str:
            return f"{cls.__name__} {command}"

    tools = Tools()
    assert (tools.own("ls"), tools.static("ls"), Tools.outside("ls")) == ("ls", "ls", "ls")
    assert tools.of_class("ls") == "Tools ls" == Tools.of_class("ls")
    for one in (tools.own, tools.static, Tools.static, tools.outside, Tools.of_class):
        with raises(RampartDenied, policy="shell"):
            one("rm -rf /srv")

    class Runs:
        async def __call__(self, command: str) -> str:
            return command

    run = guard_exec(using=over_socket)(Runs().__call__)
    assert asyncio.run(run("ls")) == "ls"
    run = guard_exec(using=over_socket)(Runs())
    assert asyncio.run(run("ls")) == "ls"
    with raises(RampartDenied, policy="shell"):
        asyncio.run(run("rm -rf /srv"))
    with raises(TypeError):
        guard_exec(Runs)


def test_what_is_raised_passes_through_pickle() -> None:
    with raises(RampartDenied) as caught:
        with over_socket.call("exec", {"command": "rm -rf /srv"}):
            raise AssertionError("the block was entered")
    denied = pickle.loads(pickle.dumps(caught[0]))
    assert type(denied) is RampartDenied and str(denied) == str(caught[0]) == "Not that"
    assert (denied.rule, denied.audit_id, denied.answer) == (caught[0].rule, caught[0].audit_id, caught[0].answer)
    with raises(RampartUndecided) as absent:
        Guard(url="http://127.0.0.1:1").check("exec", {})
    undecided = pickle.loads(pickle.dumps(absent[0]))
    assert (undecided.code, undecided.message) == ("absent", absent[0].message)


def test_threads_share_a_guard() -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        for turn in range(20):
            stop = (number + turn) % 2 == 0
            one = BOTH[turn % 2]
            if one.check("exec", {"command": f"{'rm -rf' if stop else 'ls'} /{number}/{turn}"}).allowed is stop:
                wrong.append((number, turn))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_loop_that_ends_leaves_nothing_open() -> None:
    """Nobody closes the guard of a decorator; ResourceWarning is an error here."""

    @guard_exec(using=Guard(home=HOME))
    async def run(command: str) -> str:
        return command

    async def several() -> None:
        await asyncio.gather(*(run(f"ls {number}") for number in range(5)))

    asyncio.run(several())
    asyncio.run(several())


if __name__ == "__main__":
    sys.exit(main(globals()))
