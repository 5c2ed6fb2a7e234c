"""
What goes over a connection and what comes back, without a socket: one request, and one answer read as it comes
in. Only what is plainly HTTP/1 is read; a connection with anything left over is not used again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .errors import RampartUndecided, Unreached, unreadable
from .steps import Question, Reply
from .target import Target

ANSWER_LIMIT = 16 << 20
HEAD_LIMIT = 64 << 10
#: A chunk's own line: its length, and extensions that nobody reads.
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")
FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*")
STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: [^\r\n]*)?")


def request(question: Question, target: Target) -> bytes:
    """The request in bytes. Raises RampartUndecided for a credential that no header can hold."""
    headers = {
        "host": target.host,
        "accept": "application/json",
        # What is packed could be a bomb.
        "accept-encoding": "identity",
        **question.headers,
    }
    if question.body is not None:
        headers["content-type"] = "application/json"
        headers["content-length"] = str(len(question.body))
    if target.token is not None:
        if re.fullmatch("[!-~]+", target.token) is None:
            raise RampartUndecided(
                "unreached", "The token is none that a header can hold"
            )
        headers["authorization"] = f"Bearer {target.token}"
    lines = [
        f"{question.method} {question.path} HTTP/1.1",
        *(f"{k}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + (question.body or b"")


class Answer:
    """An answer as it comes in, never longer than the limits."""

    def __init__(self) -> None:
        self._left = bytearray()
        self._body = bytearray()
        self._status = 0
        self._kind = ""
        #: Bytes still to come; None until the end of the connection.
        self._length: int | None = 0
        self._chunked = False
        self._last = False
        self.begun = False
        #: Whether the connection may carry another question.
        self.keep = False

    def feed(self, data: bytes) -> Reply | None:
        """The reply, once it is whole. Raises RampartUndecided for what is none."""
        self.begun = True
        self._left += data
        while self._status == 0:
            if not self._head():
                return None
        whole = self._chunks() if self._chunked else self._plain()
        return self._reply() if whole else None

    def ended(self) -> Reply:
        """The reply that ends with its connection."""
        self.keep = False
        if self._status == 0 or self._chunked or self._length is not None:
            raise Unreached(False, "The answer broke off")
        return self._reply()

    def _reply(self) -> Reply:
        self.keep = self.keep and not self._left
        return Reply(self._status, self._kind, bytes(self._body))

    def _head(self) -> bool:
        if not b"HTTP/1.".startswith(self._left[:7]):
            raise Unreached(False, "What answers there speaks no HTTP")
        end = self._left.find(b"\r\n\r\n", 0, HEAD_LIMIT)
        if end < 0:
            if len(self._left) >= HEAD_LIMIT:
                raise Unreached(False, "The answer's head is too long")
            return False
        first, *lines = bytes(self._left[:end]).split(b"\r\n")
        del self._left[: end + 4]
        status = STATUS.fullmatch(first)
        if status is None:
            raise Unreached(False, "The answer's first line cannot be read")
        code = int(status[2])
        if code == 101:
            raise Unreached(False, "The answer would speak another protocol")
        # What is only on the way comes before the answer.
        if code >= 200:
            self._status = code
            self._fields(_fields(lines), status[1] == b"1")
        return True

    def _fields(self, fields: Mapping[str, str], modern: bool) -> None:
        self._kind = fields.get("content-type", "").split(";")[0].strip().lower()
        self.keep = modern and "close" not in fields.get("connection", "").lower()
        length, coding = fields.get("content-length"), fields.get("transfer-encoding")
        if coding is not None:
            if coding.lower() != "chunked" or length is not None:
                raise Unreached(False, "The answer's length cannot be read")
            self._chunked = True
        elif length is not None:
            if re.fullmatch("[0-9]{1,12}", length) is None:
                raise Unreached(False, "The answer's length cannot be read")
            self._length = int(length)
        else:
            self._length = 0 if self._status in (204, 304) else None

    def _plain(self) -> bool:
        if self._length is None:
            self._take(len(self._left))
            return False
        _within(self._length)
        self._take(min(self._length - len(self._body), len(self._left)))
        return len(self._body) == self._length

    def _chunks(self) -> bool:
        while not self._last:
            end = self._left.find(b"\r\n", 0, 4096)
            if end < 0:
                if len(self._left) >= 4096:
                    raise Unreached(False, "A part of the answer cannot be read")
                return False
            line = CHUNK_LINE.fullmatch(bytes(self._left[:end]))
            if line is None:
                raise Unreached(False, "A part of the answer cannot be read")
            size = int(line[1], 16)
            _within(len(self._body) + size)
            if size == 0:
                self._last = True
                del self._left[:end]
            elif len(self._left) < end + 2 + size + 2:
                return False
            else:
                del self._left[: end + 2]
                self._take(size)
                if self._left[:2] != b"\r\n":
                    raise Unreached(False, "A part of the answer cannot be read")
                del self._left[:2]
        return self._trailer()

    def _trailer(self) -> bool:
        """Nothing of a trailer counts."""
        end = self._left.find(b"\r\n\r\n")
        if end < 0:
            if len(self._left) >= HEAD_LIMIT:
                raise Unreached(False, "The answer's end is too long")
            return False
        del self._left[: end + 4]
        return True

    def _take(self, size: int) -> None:
        _within(len(self._body) + size)
        self._body += self._left[:size]
        del self._left[:size]


def _within(size: int) -> None:
    if size > ANSWER_LIMIT:
        raise unreadable(f"The answer is longer than {ANSWER_LIMIT >> 20} MiB")


def _fields(lines: list[bytes]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        field = FIELD.fullmatch(line)
        if field is None:
            raise Unreached(False, "The answer's head cannot be read")
        name, value = field[1].decode("ascii").lower(), field[2].decode("latin-1")
        # Several of one name make a list, which is no length and no type.
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields
