"""Ask a live server, named by the environment, for a denial and for a problem."""

import os

from rampart_client import AuthenticatedClient, Client
from rampart_client.api.calls import call_tool, preflight_tool
from rampart_client.api.server import get_health
from rampart_client.models import (
    Action,
    CallRequest,
    CallRequestParams,
    Decision,
    Health,
    Problem,
    ProblemCode,
)

url = os.environ["SMOKE_URL"]
call = CallRequest(
    agent="python",
    session="smoke",
    params=CallRequestParams.from_dict({"command": "rm -rf /"}),
)

ours = AuthenticatedClient(base_url=url, token=os.environ["SMOKE_TOKEN"])
denied = call_tool.sync_detailed("exec", client=ours, body=call)
assert denied.status_code == 403, denied
assert isinstance(denied.parsed, Decision) and not denied.parsed.allowed
assert denied.parsed.decision is Action.DENY

stranger = AuthenticatedClient(base_url=url, token="wrong")
refused = preflight_tool.sync("exec", client=stranger, body=call)
assert isinstance(refused, Problem) and refused.code is ProblemCode.UNAUTHENTICATED

health = get_health.sync(client=Client(base_url=url))
assert isinstance(health, Health) and health.policy.loaded_at.year == 2027
