from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.audit_events import AuditEvents
from ...models.list_events_kind import ListEventsKind
from ...models.list_events_order import ListEventsOrder
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = UNSET,
    after: int | Unset = UNSET,
    order: ListEventsOrder | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    action: str | Unset = UNSET,
    kind: ListEventsKind | Unset = UNSET,
    policy: str | Unset = UNSET,
    id: str | Unset = UNSET,
    tool_call_id: str | Unset = UNSET,
    run_id: str | Unset = UNSET,
    text: str | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["after"] = after

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order.value

    params["order"] = json_order

    params["agent"] = agent

    params["session"] = session

    params["tool"] = tool

    params["action"] = action

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind.value

    params["kind"] = json_kind

    params["policy"] = policy

    params["id"] = id

    params["tool_call_id"] = tool_call_id

    params["run_id"] = run_id

    params["text"] = text

    params["since"] = since

    params["until"] = until

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/audit/events",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AuditEvents | Problem | None:
    if response.status_code == 200:
        response_200 = AuditEvents.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 421:
        response_421 = Problem.from_dict(response.json())

        return response_421

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AuditEvents | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = UNSET,
    after: int | Unset = UNSET,
    order: ListEventsOrder | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    action: str | Unset = UNSET,
    kind: ListEventsKind | Unset = UNSET,
    policy: str | Unset = UNSET,
    id: str | Unset = UNSET,
    tool_call_id: str | Unset = UNSET,
    run_id: str | Unset = UNSET,
    text: str | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
) -> Response[AuditEvents | Problem]:
    """The audit trail, newest first, in pages

     Filters are exact and combined; `text` looks into values. `next` is the `after` of the following
    page. Needs the scope audit.

    Args:
        limit (int | Unset):
        after (int | Unset): Only events beyond this seq, in the order that is asked for: `next`
            of the page before
        order (ListEventsOrder | Unset):
        agent (str | Unset):
        session (str | Unset):
        tool (str | Unset):
        action (str | Unset):
        kind (ListEventsKind | Unset):
        policy (str | Unset):
        id (str | Unset):
        tool_call_id (str | Unset):
        run_id (str | Unset):
        text (str | Unset): Somewhere in the values of an event, letter case aside
        since (str | Unset): Only events from this day or time (RFC 3339) on
        until (str | Unset): Only events before it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AuditEvents | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        after=after,
        order=order,
        agent=agent,
        session=session,
        tool=tool,
        action=action,
        kind=kind,
        policy=policy,
        id=id,
        tool_call_id=tool_call_id,
        run_id=run_id,
        text=text,
        since=since,
        until=until,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = UNSET,
    after: int | Unset = UNSET,
    order: ListEventsOrder | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    action: str | Unset = UNSET,
    kind: ListEventsKind | Unset = UNSET,
    policy: str | Unset = UNSET,
    id: str | Unset = UNSET,
    tool_call_id: str | Unset = UNSET,
    run_id: str | Unset = UNSET,
    text: str | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
) -> AuditEvents | Problem | None:
    """The audit trail, newest first, in pages

     Filters are exact and combined; `text` looks into values. `next` is the `after` of the following
    page. Needs the scope audit.

    Args:
        limit (int | Unset):
        after (int | Unset): Only events beyond this seq, in the order that is asked for: `next`
            of the page before
        order (ListEventsOrder | Unset):
        agent (str | Unset):
        session (str | Unset):
        tool (str | Unset):
        action (str | Unset):
        kind (ListEventsKind | Unset):
        policy (str | Unset):
        id (str | Unset):
        tool_call_id (str | Unset):
        run_id (str | Unset):
        text (str | Unset): Somewhere in the values of an event, letter case aside
        since (str | Unset): Only events from this day or time (RFC 3339) on
        until (str | Unset): Only events before it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AuditEvents | Problem
    """

    return sync_detailed(
        client=client,
        limit=limit,
        after=after,
        order=order,
        agent=agent,
        session=session,
        tool=tool,
        action=action,
        kind=kind,
        policy=policy,
        id=id,
        tool_call_id=tool_call_id,
        run_id=run_id,
        text=text,
        since=since,
        until=until,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = UNSET,
    after: int | Unset = UNSET,
    order: ListEventsOrder | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    action: str | Unset = UNSET,
    kind: ListEventsKind | Unset = UNSET,
    policy: str | Unset = UNSET,
    id: str | Unset = UNSET,
    tool_call_id: str | Unset = UNSET,
    run_id: str | Unset = UNSET,
    text: str | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
) -> Response[AuditEvents | Problem]:
    """The audit trail, newest first, in pages

     Filters are exact and combined; `text` looks into values. `next` is the `after` of the following
    page. Needs the scope audit.

    Args:
        limit (int | Unset):
        after (int | Unset): Only events beyond this seq, in the order that is asked for: `next`
            of the page before
        order (ListEventsOrder | Unset):
        agent (str | Unset):
        session (str | Unset):
        tool (str | Unset):
        action (str | Unset):
        kind (ListEventsKind | Unset):
        policy (str | Unset):
        id (str | Unset):
        tool_call_id (str | Unset):
        run_id (str | Unset):
        text (str | Unset): Somewhere in the values of an event, letter case aside
        since (str | Unset): Only events from this day or time (RFC 3339) on
        until (str | Unset): Only events before it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AuditEvents | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        after=after,
        order=order,
        agent=agent,
        session=session,
        tool=tool,
        action=action,
        kind=kind,
        policy=policy,
        id=id,
        tool_call_id=tool_call_id,
        run_id=run_id,
        text=text,
        since=since,
        until=until,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = UNSET,
    after: int | Unset = UNSET,
    order: ListEventsOrder | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    action: str | Unset = UNSET,
    kind: ListEventsKind | Unset = UNSET,
    policy: str | Unset = UNSET,
    id: str | Unset = UNSET,
    tool_call_id: str | Unset = UNSET,
    run_id: str | Unset = UNSET,
    text: str | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
) -> AuditEvents | Problem | None:
    """The audit trail, newest first, in pages

     Filters are exact and combined; `text` looks into values. `next` is the `after` of the following
    page. Needs the scope audit.

    Args:
        limit (int | Unset):
        after (int | Unset): Only events beyond this seq, in the order that is asked for: `next`
            of the page before
        order (ListEventsOrder | Unset):
        agent (str | Unset):
        session (str | Unset):
        tool (str | Unset):
        action (str | Unset):
        kind (ListEventsKind | Unset):
        policy (str | Unset):
        id (str | Unset):
        tool_call_id (str | Unset):
        run_id (str | Unset):
        text (str | Unset): Somewhere in the values of an event, letter case aside
        since (str | Unset): Only events from this day or time (RFC 3339) on
        until (str | Unset): Only events before it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AuditEvents | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            after=after,
            order=order,
            agent=agent,
            session=session,
            tool=tool,
            action=action,
            kind=kind,
            policy=policy,
            id=id,
            tool_call_id=tool_call_id,
            run_id=run_id,
            text=text,
            since=since,
            until=until,
        )
    ).parsed
