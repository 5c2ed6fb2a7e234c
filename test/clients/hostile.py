"""rampart.guard where no server is, or another that answers nonsense."""

import asyncio
import contextlib
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

from rampart.guard import Guard, RampartUndecided

from kit import WAITING, YES, Fake, answer, check, environment, free_port, home_naming, main, raises


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
        answer(200, {**YES, "decision": "deny"}),
        answer(403, {**YES, "allowed": False}),
        answer(202, YES),
        answer(202, {**WAITING, "approval_id": "../../v1/status"}),
        answer(202, {**WAITING, "allowed": True}),
        answer(404, b"<html>", "text/html"),
        answer(500, b"{}"),
    )
    for raw in nonsense:
        with Fake(raw) as fake, raises(RampartUndecided, code="unreadable"):
            check(url=fake.url, fail_open=True)
    # A mode that does not enforce says what it would do.
    with Fake(answer(200, {**YES, "decision": "deny", "enforced": False})) as fake:
        assert check(url=fake.url).decision == "deny"
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


HEAD = b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\n"
BODY = json.dumps(YES).encode()


def test_an_answer_in_pieces_is_read() -> None:
    size = f"content-length: {len(BODY)}\r\n\r\n".encode()
    chunked = HEAD + b"transfer-encoding: chunked\r\n\r\n"
    halves = b"".join(b"%x;x=y\r\n%b\r\n" % (len(part), part) for part in (BODY[:7], BODY[7:]))
    for raw in (
        HEAD + size + BODY,
        b"HTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + HEAD + size + BODY,
        chunked + halves + b"0\r\n\r\n",
        chunked + halves + b"0\r\nx: y\r\n\r\n",
        HEAD + b"\r\n" + BODY,
    ):
        for step in (1, 7, len(raw)):
            parts = [raw[at : at + step] for at in range(0, len(raw), step)]
            with Fake(iter(parts), iter(parts)) as fake:
                assert check(url=fake.url).allowed, raw


def test_an_answer_that_is_no_plain_http_permits_nothing() -> None:
    chunked = HEAD + b"transfer-encoding: chunked\r\n\r\n"
    size = f"content-length: {len(BODY)}\r\n".encode()
    for raw in (
        HEAD + size + b"content-length: 2\r\n\r\n" + BODY,
        HEAD + b"content-length: -1\r\n\r\n" + BODY,
        HEAD + b"content-length: +9\r\n\r\n" + BODY,
        HEAD + size + b"transfer-encoding: chunked\r\n\r\n" + BODY,
        HEAD + b"transfer-encoding: gzip\r\n\r\n" + BODY,
        HEAD + size + b" folded: x\r\n\r\n" + BODY,
        HEAD + size + b"no field\r\n\r\n" + BODY,
        chunked + b"zz\r\n" + BODY,
        chunked + b"%x\r\n" % len(BODY) + BODY + b"xx0\r\n\r\n",
        chunked + b"%x\r\n" % len(BODY) + BODY + b"\r\n",
        chunked + b"1" * 5000,
        b"HTTP/1.1 101 X\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2000 X\r\n\r\n",
        HEAD + b"x: " + b"y" * (1 << 17),
    ):
        with Fake(raw) as fake, raises(RampartUndecided, code="unreached"):
            check(url=fake.url, fail_open=True)
    for raw in (
        HEAD + b"content-length: 99999999\r\n\r\n",
        chunked + b"7fffffff\r\n",
        HEAD + size + b"content-type: text/html\r\n\r\n" + BODY,
        HEAD + size + b"content-encoding: gzip\r\n\r\n" + BODY[:-1] + b"\0",
    ):
        with Fake(raw) as fake, raises(RampartUndecided, code="unreadable"):
            check(url=fake.url, fail_open=True)


def dripping(first: bytes) -> Iterator[bytes]:
    """Never silent for long, and never at its end."""
    yield first
    while True:
        yield b"x"
        threading.Event().wait(0.02)


def test_an_answer_that_drips_or_never_ends_has_its_time() -> None:
    for first in (b"HTTP/1.1 200 X\r\nx: ", HEAD + b"content-length: 100000\r\n\r\n"):
        with Fake(dripping(first), dripping(first)) as fake, raises(RampartUndecided, code="unreached"):
            check(url=fake.url, fail_open=True, timeout=0.3, approval_timeout=0)
    # More than may be read at all, as fast as it can.
    endless = [HEAD + b"transfer-encoding: chunked\r\n\r\n", *[b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"] * 20]
    with Fake(iter(endless), iter(endless)) as fake, raises(RampartUndecided, code="unreadable"):
        check(url=fake.url, fail_open=True)


def test_no_redirection_is_followed() -> None:
    with Fake(answer(200, YES)) as other:
        for status in (301, 307, 308):
            moved = answer(status, b"", more=f"connection: close\r\nlocation: {other.url}/v1/tool/exec")
            with Fake(moved) as fake, raises(RampartUndecided, code="unreadable"):
                check(url=fake.url, token="secret", fail_open=True)
        assert other.asked == []


def test_a_connection_is_kept_only_while_nothing_is_left_over() -> None:
    no = answer(403, {**YES, "allowed": False, "decision": "deny"}, more="x: y")
    with Fake(no, keep=True) as fake, Guard(url=fake.url) as one:
        for _ in range(3):
            assert not one.check("exec", {}).allowed
        assert fake.connections == 1
    # A yes that nobody asked for yet is no answer to the next question.
    with Fake(no + answer(200, YES, more="x: y"), keep=True) as fake:
        with Guard(url=fake.url) as one:
            for _ in range(3):
                assert not one.check("exec", {}).allowed
            assert fake.connections == 3

    async def asked(url: str) -> None:
        async with Guard(url=url) as one:
            for _ in range(3):
                assert not (await one.check_async("exec", {})).allowed

    for raw, connections in ((no, 1), (no + answer(200, YES, more="x: y"), 3)):
        with Fake(raw, keep=True) as fake:
            asyncio.run(asked(fake.url))
            assert fake.connections == connections


def test_a_kept_connection_that_ended_is_made_anew() -> None:
    def ends() -> Iterator[bytes]:
        yield answer(200, YES, more="x: y")
        raise OSError  # The connection is closed although it might have been kept.

    for ways in (1, 2):
        with Fake(ends(), answer(200, YES), keep=True) as fake, Guard(url=fake.url) as one:
            if ways == 1:
                assert one.check("exec", {}).allowed and one.check("exec", {}).allowed
            else:

                async def twice(guard: Guard = one) -> None:
                    assert (await guard.check_async("exec", {})).allowed
                    assert (await guard.check_async("exec", {})).allowed

                asyncio.run(twice())
            assert fake.connections == 2


def test_another_account_on_the_socket_is_no_server() -> None:
    """Where nobody but root and we could put it, there it is fine (security.md F7)."""
    with tempfile.TemporaryDirectory() as place:
        path = f"{place}/s"
        os.chmod(place, 0o777)
        ready, told = os.pipe()
        child = os.fork()
        if child == 0:
            if os.getuid() == 0:
                os.setuid(65534)
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path)
                listener.listen()
                os.write(told, b"x")
                while True:
                    with listener.accept()[0] as connection, contextlib.suppress(OSError):
                        connection.recv(65536)
                        connection.sendall(answer(200, YES))
        uid = os.getuid()
        try:
            os.read(ready, 1)
            if uid != 0:
                # Ours is then another account's.
                os.getuid = lambda: uid + 1
            with raises(RampartUndecided, code="unreached") as caught:
                check(socket=path, fail_open=True)
            assert "another account" in caught[0].message, caught[0].message
            os.chmod(place, 0o755)
            if uid == 0:
                os.chown(place, 65534, -1)
            assert check(socket=path).allowed
        finally:
            os.getuid = lambda: uid
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(ready)
            os.close(told)


def test_tls_trusts_what_the_program_names_and_not_the_environment() -> None:
    with tempfile.TemporaryDirectory() as place:
        key, certificate = f"{place}/key", f"{place}/certificate"
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            + ["-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=x"]
            + ["-addext", "subjectAltName=IP:127.0.0.1"],
            capture_output=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certificate, key)
        ours = ssl.create_default_context(cafile=certificate)
        with Fake(answer(200, YES), tls=server) as fake:
            assert check(url=fake.url, verify=ours).allowed
            with environment(SSL_CERT_FILE=certificate, SSL_CERT_DIR=place):
                with raises(RampartUndecided, code="unreached"):
                    check(url=fake.url, fail_open=True)


def test_a_token_that_is_no_header_goes_nowhere() -> None:
    with Fake(answer(200, YES)) as fake:
        for token in ("a\r\nx: y", "a b", "\u00e9", "a\n"):
            with raises(RampartUndecided, code="unreached"):
                check(url=fake.url, token=token, fail_open=True)
        assert fake.asked == []


if __name__ == "__main__":
    sys.exit(main(globals()))
