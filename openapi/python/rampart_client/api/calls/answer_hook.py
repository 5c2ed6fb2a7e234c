from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    format_: str,
    *,
    body: File,
    rampart_timeout_ms: int | Unset = UNSET,
    rampart_process: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(rampart_timeout_ms, Unset):
        headers["rampart-timeout-ms"] = str(rampart_timeout_ms)

    if not isinstance(rampart_process, Unset):
        headers["rampart-process"] = rampart_process

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/hook/{format_}".format(
            format_=quote(str(format_), safe=""),
        ),
    }

    _kwargs["content"] = body.payload
    headers["Content-Type"] = "application/octet-stream"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | None:
    if response.status_code == 200:
        response_200 = response.json()
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

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

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
) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    format_: str,
    *,
    client: AuthenticatedClient,
    body: File,
    rampart_timeout_ms: int | Unset = UNSET,
    rampart_process: str | Unset = UNSET,
) -> Response[Any | Problem]:
    """Answer an event of an agent's host, in that host's own words

     What `rampart hook` does, over the network: the body is what the host wrote to the standard input of
    its hook, the answer what the hook prints, and `rampart-exit` the code it ends with. What cannot be
    read is answered as a denial in the words of that host, never as a problem. Needs the scope eval.

    Args:
        format_ (str):
        rampart_timeout_ms (int | Unset):
        rampart_process (str | Unset):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        format_=format_,
        body=body,
        rampart_timeout_ms=rampart_timeout_ms,
        rampart_process=rampart_process,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    format_: str,
    *,
    client: AuthenticatedClient,
    body: File,
    rampart_timeout_ms: int | Unset = UNSET,
    rampart_process: str | Unset = UNSET,
) -> Any | Problem | None:
    """Answer an event of an agent's host, in that host's own words

     What `rampart hook` does, over the network: the body is what the host wrote to the standard input of
    its hook, the answer what the hook prints, and `rampart-exit` the code it ends with. What cannot be
    read is answered as a denial in the words of that host, never as a problem. Needs the scope eval.

    Args:
        format_ (str):
        rampart_timeout_ms (int | Unset):
        rampart_process (str | Unset):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        format_=format_,
        client=client,
        body=body,
        rampart_timeout_ms=rampart_timeout_ms,
        rampart_process=rampart_process,
    ).parsed


async def asyncio_detailed(
    format_: str,
    *,
    client: AuthenticatedClient,
    body: File,
    rampart_timeout_ms: int | Unset = UNSET,
    rampart_process: str | Unset = UNSET,
) -> Response[Any | Problem]:
    """Answer an event of an agent's host, in that host's own words

     What `rampart hook` does, over the network: the body is what the host wrote to the standard input of
    its hook, the answer what the hook prints, and `rampart-exit` the code it ends with. What cannot be
    read is answered as a denial in the words of that host, never as a problem. Needs the scope eval.

    Args:
        format_ (str):
        rampart_timeout_ms (int | Unset):
        rampart_process (str | Unset):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        format_=format_,
        body=body,
        rampart_timeout_ms=rampart_timeout_ms,
        rampart_process=rampart_process,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    format_: str,
    *,
    client: AuthenticatedClient,
    body: File,
    rampart_timeout_ms: int | Unset = UNSET,
    rampart_process: str | Unset = UNSET,
) -> Any | Problem | None:
    """Answer an event of an agent's host, in that host's own words

     What `rampart hook` does, over the network: the body is what the host wrote to the standard input of
    its hook, the answer what the hook prints, and `rampart-exit` the code it ends with. What cannot be
    read is answered as a denial in the words of that host, never as a problem. Needs the scope eval.

    Args:
        format_ (str):
        rampart_timeout_ms (int | Unset):
        rampart_process (str | Unset):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            format_=format_,
            client=client,
            body=body,
            rampart_timeout_ms=rampart_timeout_ms,
            rampart_process=rampart_process,
        )
    ).parsed
