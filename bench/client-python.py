"""One enforced call after the other by the clients for Python; what each took, as JSON. See clients.ts."""

import asyncio
import http.client
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from rampart.guard import Guard

URL, SOCKET, TOKEN = (
    os.environ[f"BENCH_{name}"] for name in ("URL", "SOCKET", "TOKEN")
)
WARM_UP, CALLS = int(sys.argv[1]), int(sys.argv[2])
CALL = {"command": "git status"}
PREFLIGHT = {"agent": "bench", "session": "s", "enforce": True, "params": CALL}


def measured(way: str, ask: Callable[[], bool]) -> dict[str, Any]:
    for _ in range(WARM_UP):
        ask()
    micros: list[float] = []
    used = time.process_time()
    for _ in range(CALLS):
        begun = time.perf_counter()
        allowed = ask()
        micros.append((time.perf_counter() - begun) * 1e6)
        assert allowed, way
    return {
        "way": way,
        "micros": micros,
        "used": (time.process_time() - used) / CALLS * 1e6,
    }


async def measured_async(way: str, guard: Guard) -> dict[str, Any]:
    micros: list[float] = []
    used = 0.0
    for turn in range(WARM_UP + CALLS):
        if turn == WARM_UP:
            used = time.process_time()
        begun = time.perf_counter()
        allowed = (await guard.check_async("exec", CALL)).allowed
        if turn >= WARM_UP:
            micros.append((time.perf_counter() - begun) * 1e6)
        assert allowed, way
    return {
        "way": way,
        "micros": micros,
        "used": (time.process_time() - used) / CALLS * 1e6,
    }


def bare() -> Callable[[], bool]:
    """What the standard library takes for the same bytes."""
    connection = http.client.HTTPConnection(URL.removeprefix("http://"))
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}

    def ask() -> bool:
        connection.request("POST", "/v1/preflight/exec", json.dumps(PREFLIGHT), headers)
        told = json.loads(connection.getresponse().read())
        return told["allowed"] is True

    return ask


def generated() -> Callable[[], bool]:
    from rampart_client import AuthenticatedClient
    from rampart_client.api.calls import preflight_tool
    from rampart_client.models import CallRequest, Decision

    client = AuthenticatedClient(base_url=URL, token=TOKEN)
    body = CallRequest.from_dict(PREFLIGHT)

    def ask() -> bool:
        told = preflight_tool.sync("exec", client=client, body=body)
        return isinstance(told, Decision) and told.allowed

    return ask


def main() -> None:
    over_socket, over_tcp = Guard(socket=SOCKET), Guard(url=URL, token=TOKEN)
    rows = [
        measured(
            "rampart.guard for Python, TCP",
            lambda: over_tcp.check("exec", CALL).allowed,
        ),
        measured(
            "rampart.guard for Python, unix socket",
            lambda: over_socket.check("exec", CALL).allowed,
        ),
        asyncio.run(measured_async("rampart.guard for Python, TCP, asyncio", over_tcp)),
        measured("http.client, TCP", bare()),
    ]
    try:
        rows.append(measured("rampart_client, TCP", generated()))
    except ImportError as error:
        print(f"without rampart_client: {error}", file=sys.stderr)
    print(json.dumps(rows))


main()
