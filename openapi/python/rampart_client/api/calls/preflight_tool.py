from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.call_request import CallRequest
from ...models.decision import Decision
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    name: str,
    *,
    body: CallRequest,
    prefer: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(prefer, Unset):
        headers["prefer"] = prefer

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/preflight/{name}".format(
            name=quote(str(name), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Decision | Problem | None:
    if response.status_code == 200:
        response_200 = Decision.from_dict(response.json())

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

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[Decision | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    body: CallRequest,
    prefer: str | Unset = UNSET,
) -> Response[Decision | Problem]:
    """What would be decided; with enforce: true, what is, for callers that enforce it

     Answers 200 for every decision: whether the call may be made stands in `allowed`. A dry run counts
    nothing, uses nothing up and asks nobody. With `enforce: true` the caller is the boundary itself (a
    hook, a shim, a library): the call is then counted, recorded and asked for as a real one, and
    `approval_id` names the question. Needs the scope eval.

    Args:
        name (str):
        prefer (str | Unset):
        body (CallRequest):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Decision | Problem]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
        prefer=prefer,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    name: str,
    *,
    client: AuthenticatedClient,
    body: CallRequest,
    prefer: str | Unset = UNSET,
) -> Decision | Problem | None:
    """What would be decided; with enforce: true, what is, for callers that enforce it

     Answers 200 for every decision: whether the call may be made stands in `allowed`. A dry run counts
    nothing, uses nothing up and asks nobody. With `enforce: true` the caller is the boundary itself (a
    hook, a shim, a library): the call is then counted, recorded and asked for as a real one, and
    `approval_id` names the question. Needs the scope eval.

    Args:
        name (str):
        prefer (str | Unset):
        body (CallRequest):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Decision | Problem
    """

    return sync_detailed(
        name=name,
        client=client,
        body=body,
        prefer=prefer,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    body: CallRequest,
    prefer: str | Unset = UNSET,
) -> Response[Decision | Problem]:
    """What would be decided; with enforce: true, what is, for callers that enforce it

     Answers 200 for every decision: whether the call may be made stands in `allowed`. A dry run counts
    nothing, uses nothing up and asks nobody. With `enforce: true` the caller is the boundary itself (a
    hook, a shim, a library): the call is then counted, recorded and asked for as a real one, and
    `approval_id` names the question. Needs the scope eval.

    Args:
        name (str):
        prefer (str | Unset):
        body (CallRequest):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Decision | Problem]
    """

    kwargs = _get_kwargs(
        name=name,
        body=body,
        prefer=prefer,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    name: str,
    *,
    client: AuthenticatedClient,
    body: CallRequest,
    prefer: str | Unset = UNSET,
) -> Decision | Problem | None:
    """What would be decided; with enforce: true, what is, for callers that enforce it

     Answers 200 for every decision: whether the call may be made stands in `allowed`. A dry run counts
    nothing, uses nothing up and asks nobody. With `enforce: true` the caller is the boundary itself (a
    hook, a shim, a library): the call is then counted, recorded and asked for as a real one, and
    `approval_id` names the question. Needs the scope eval.

    Args:
        name (str):
        prefer (str | Unset):
        body (CallRequest):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Decision | Problem
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            body=body,
            prefer=prefer,
        )
    ).parsed
