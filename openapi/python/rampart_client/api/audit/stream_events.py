from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.stream_events_kind import StreamEventsKind
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    after: int | Unset = UNSET,
    kind: StreamEventsKind | Unset = UNSET,
    action: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    last_event_id: int | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(last_event_id, Unset):
        headers["last-event-id"] = str(last_event_id)

    params: dict[str, Any] = {}

    params["after"] = after

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind.value

    params["kind"] = json_kind

    params["action"] = action

    params["agent"] = agent

    params["session"] = session

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/events/stream",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | str | None:
    if response.status_code == 200:
        response_200 = response.text
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

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

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
) -> Response[Problem | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    after: int | Unset = UNSET,
    kind: StreamEventsKind | Unset = UNSET,
    action: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    last_event_id: int | Unset = UNSET,
) -> Response[Problem | str]:
    """The audit trail as it grows, as server-sent events

     It begins with what comes from now on, with `after` or `Last-Event-ID` behind that event. Each event
    is sent once, in the order of the trail; the browser’s `EventSource` and any reader of server-sent
    events go on where they were cut off. Needs the scope audit or approve.

    Args:
        after (int | Unset): Begin behind the event of this seq, from the trail; without it only
            what comes from now on is sent
        kind (StreamEventsKind | Unset):
        action (str | Unset):
        agent (str | Unset):
        session (str | Unset):
        last_event_id (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        after=after,
        kind=kind,
        action=action,
        agent=agent,
        session=session,
        last_event_id=last_event_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    after: int | Unset = UNSET,
    kind: StreamEventsKind | Unset = UNSET,
    action: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    last_event_id: int | Unset = UNSET,
) -> Problem | str | None:
    """The audit trail as it grows, as server-sent events

     It begins with what comes from now on, with `after` or `Last-Event-ID` behind that event. Each event
    is sent once, in the order of the trail; the browser’s `EventSource` and any reader of server-sent
    events go on where they were cut off. Needs the scope audit or approve.

    Args:
        after (int | Unset): Begin behind the event of this seq, from the trail; without it only
            what comes from now on is sent
        kind (StreamEventsKind | Unset):
        action (str | Unset):
        agent (str | Unset):
        session (str | Unset):
        last_event_id (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return sync_detailed(
        client=client,
        after=after,
        kind=kind,
        action=action,
        agent=agent,
        session=session,
        last_event_id=last_event_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    after: int | Unset = UNSET,
    kind: StreamEventsKind | Unset = UNSET,
    action: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    last_event_id: int | Unset = UNSET,
) -> Response[Problem | str]:
    """The audit trail as it grows, as server-sent events

     It begins with what comes from now on, with `after` or `Last-Event-ID` behind that event. Each event
    is sent once, in the order of the trail; the browser’s `EventSource` and any reader of server-sent
    events go on where they were cut off. Needs the scope audit or approve.

    Args:
        after (int | Unset): Begin behind the event of this seq, from the trail; without it only
            what comes from now on is sent
        kind (StreamEventsKind | Unset):
        action (str | Unset):
        agent (str | Unset):
        session (str | Unset):
        last_event_id (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        after=after,
        kind=kind,
        action=action,
        agent=agent,
        session=session,
        last_event_id=last_event_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    after: int | Unset = UNSET,
    kind: StreamEventsKind | Unset = UNSET,
    action: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    last_event_id: int | Unset = UNSET,
) -> Problem | str | None:
    """The audit trail as it grows, as server-sent events

     It begins with what comes from now on, with `after` or `Last-Event-ID` behind that event. Each event
    is sent once, in the order of the trail; the browser’s `EventSource` and any reader of server-sent
    events go on where they were cut off. Needs the scope audit or approve.

    Args:
        after (int | Unset): Begin behind the event of this seq, from the trail; without it only
            what comes from now on is sent
        kind (StreamEventsKind | Unset):
        action (str | Unset):
        agent (str | Unset):
        session (str | Unset):
        last_event_id (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return (
        await asyncio_detailed(
            client=client,
            after=after,
            kind=kind,
            action=action,
            agent=agent,
            session=session,
            last_event_id=last_event_id,
        )
    ).parsed
