from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.export_trail_format import ExportTrailFormat
from ...models.export_trail_kind import ExportTrailKind
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    format_: ExportTrailFormat | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    run: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    decision: str | Unset = UNSET,
    policy: str | Unset = UNSET,
    kind: ExportTrailKind | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    params["since"] = since

    params["until"] = until

    params["agent"] = agent

    params["session"] = session

    params["run"] = run

    params["tool"] = tool

    params["decision"] = decision

    params["policy"] = policy

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind.value

    params["kind"] = json_kind

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/audit/export",
        "params": params,
    }

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
    format_: ExportTrailFormat | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    run: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    decision: str | Unset = UNSET,
    policy: str | Unset = UNSET,
    kind: ExportTrailKind | Unset = UNSET,
) -> Response[Problem | str]:
    """The trail as a file, oldest first: JSON lines, CSV, CEF or OCSF

     Sent while it is read. An answer that breaks off is not whole: it has no end of the last chunk.
    Needs the scope audit.

    Args:
        format_ (ExportTrailFormat | Unset):
        since (str | Unset): From then on: a day, an RFC 3339 time, or how long ago (24h)
        until (str | Unset): Before then
        agent (str | Unset):
        session (str | Unset):
        run (str | Unset):
        tool (str | Unset):
        decision (str | Unset):
        policy (str | Unset):
        kind (ExportTrailKind | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        format_=format_,
        since=since,
        until=until,
        agent=agent,
        session=session,
        run=run,
        tool=tool,
        decision=decision,
        policy=policy,
        kind=kind,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    format_: ExportTrailFormat | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    run: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    decision: str | Unset = UNSET,
    policy: str | Unset = UNSET,
    kind: ExportTrailKind | Unset = UNSET,
) -> Problem | str | None:
    """The trail as a file, oldest first: JSON lines, CSV, CEF or OCSF

     Sent while it is read. An answer that breaks off is not whole: it has no end of the last chunk.
    Needs the scope audit.

    Args:
        format_ (ExportTrailFormat | Unset):
        since (str | Unset): From then on: a day, an RFC 3339 time, or how long ago (24h)
        until (str | Unset): Before then
        agent (str | Unset):
        session (str | Unset):
        run (str | Unset):
        tool (str | Unset):
        decision (str | Unset):
        policy (str | Unset):
        kind (ExportTrailKind | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return sync_detailed(
        client=client,
        format_=format_,
        since=since,
        until=until,
        agent=agent,
        session=session,
        run=run,
        tool=tool,
        decision=decision,
        policy=policy,
        kind=kind,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    format_: ExportTrailFormat | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    run: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    decision: str | Unset = UNSET,
    policy: str | Unset = UNSET,
    kind: ExportTrailKind | Unset = UNSET,
) -> Response[Problem | str]:
    """The trail as a file, oldest first: JSON lines, CSV, CEF or OCSF

     Sent while it is read. An answer that breaks off is not whole: it has no end of the last chunk.
    Needs the scope audit.

    Args:
        format_ (ExportTrailFormat | Unset):
        since (str | Unset): From then on: a day, an RFC 3339 time, or how long ago (24h)
        until (str | Unset): Before then
        agent (str | Unset):
        session (str | Unset):
        run (str | Unset):
        tool (str | Unset):
        decision (str | Unset):
        policy (str | Unset):
        kind (ExportTrailKind | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        format_=format_,
        since=since,
        until=until,
        agent=agent,
        session=session,
        run=run,
        tool=tool,
        decision=decision,
        policy=policy,
        kind=kind,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    format_: ExportTrailFormat | Unset = UNSET,
    since: str | Unset = UNSET,
    until: str | Unset = UNSET,
    agent: str | Unset = UNSET,
    session: str | Unset = UNSET,
    run: str | Unset = UNSET,
    tool: str | Unset = UNSET,
    decision: str | Unset = UNSET,
    policy: str | Unset = UNSET,
    kind: ExportTrailKind | Unset = UNSET,
) -> Problem | str | None:
    """The trail as a file, oldest first: JSON lines, CSV, CEF or OCSF

     Sent while it is read. An answer that breaks off is not whole: it has no end of the last chunk.
    Needs the scope audit.

    Args:
        format_ (ExportTrailFormat | Unset):
        since (str | Unset): From then on: a day, an RFC 3339 time, or how long ago (24h)
        until (str | Unset): Before then
        agent (str | Unset):
        session (str | Unset):
        run (str | Unset):
        tool (str | Unset):
        decision (str | Unset):
        policy (str | Unset):
        kind (ExportTrailKind | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return (
        await asyncio_detailed(
            client=client,
            format_=format_,
            since=since,
            until=until,
            agent=agent,
            session=session,
            run=run,
            tool=tool,
            decision=decision,
            policy=policy,
            kind=kind,
        )
    ).parsed
