from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.call_request_execution import CallRequestExecution
    from ..models.call_request_params import CallRequestParams
    from ..models.call_request_roles import CallRequestRoles


T = TypeVar("T", bound="CallRequest")


@_attrs_define
class CallRequest:
    """
    Attributes:
        agent (str): The agent's name; a token bound to an agent overrides it
        session (str):
        params (CallRequestParams): command, argv with the resolved program, path, url or whatever the tool takes; bytes
            that are no UTF-8 travel as base64 in command_b64, argv_b64 and program_b64
        run_id (str | Unset):
        agent_depth (int | Unset):
        tool_call_id (str | Unset):
        cwd (str | Unset): Absolute working directory
        response (str | Unset): The tool's output, to be judged as well
        response_texts (list[str] | Unset): The same as its texts, for callers that can put others in their place
        roles (CallRequestRoles | Unset): What arguments of an MCP tool stand for (command, path or url), as its schema
            says; it only adds to what their names say
        enforce (bool | Unset): Preflight: the caller is the boundary; counted, audited and asked for as a real call
        explain (bool | Unset): With scope audit: trace and suggestions
        execute (bool | Unset): Execute the call here once it is allowed: where the server does, for scope execute,
            never over the socket
        execution (CallRequestExecution | Unset): With execute: limits below those of the server
        layer (str | Unset): Which edge saw the call: hook, mcp, shim, preload or http (default); kept in the trail,
            never a permission
        pid (int | Unset): The process that makes the call; checked where it can be
        parents (list[int] | Unset): Its parent, the parent of that, …
    """

    agent: str
    session: str
    params: CallRequestParams
    run_id: str | Unset = UNSET
    agent_depth: int | Unset = UNSET
    tool_call_id: str | Unset = UNSET
    cwd: str | Unset = UNSET
    response: str | Unset = UNSET
    response_texts: list[str] | Unset = UNSET
    roles: CallRequestRoles | Unset = UNSET
    enforce: bool | Unset = UNSET
    explain: bool | Unset = UNSET
    execute: bool | Unset = UNSET
    execution: CallRequestExecution | Unset = UNSET
    layer: str | Unset = UNSET
    pid: int | Unset = UNSET
    parents: list[int] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        session = self.session

        params = self.params.to_dict()

        run_id = self.run_id

        agent_depth = self.agent_depth

        tool_call_id = self.tool_call_id

        cwd = self.cwd

        response = self.response

        response_texts: list[str] | Unset = UNSET
        if not isinstance(self.response_texts, Unset):
            response_texts = self.response_texts

        roles: dict[str, Any] | Unset = UNSET
        if not isinstance(self.roles, Unset):
            roles = self.roles.to_dict()

        enforce = self.enforce

        explain = self.explain

        execute = self.execute

        execution: dict[str, Any] | Unset = UNSET
        if not isinstance(self.execution, Unset):
            execution = self.execution.to_dict()

        layer = self.layer

        pid = self.pid

        parents: list[int] | Unset = UNSET
        if not isinstance(self.parents, Unset):
            parents = self.parents

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "agent": agent,
                "session": session,
                "params": params,
            }
        )
        if run_id is not UNSET:
            field_dict["run_id"] = run_id
        if agent_depth is not UNSET:
            field_dict["agent_depth"] = agent_depth
        if tool_call_id is not UNSET:
            field_dict["tool_call_id"] = tool_call_id
        if cwd is not UNSET:
            field_dict["cwd"] = cwd
        if response is not UNSET:
            field_dict["response"] = response
        if response_texts is not UNSET:
            field_dict["response_texts"] = response_texts
        if roles is not UNSET:
            field_dict["roles"] = roles
        if enforce is not UNSET:
            field_dict["enforce"] = enforce
        if explain is not UNSET:
            field_dict["explain"] = explain
        if execute is not UNSET:
            field_dict["execute"] = execute
        if execution is not UNSET:
            field_dict["execution"] = execution
        if layer is not UNSET:
            field_dict["layer"] = layer
        if pid is not UNSET:
            field_dict["pid"] = pid
        if parents is not UNSET:
            field_dict["parents"] = parents

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.call_request_execution import CallRequestExecution
        from ..models.call_request_params import CallRequestParams
        from ..models.call_request_roles import CallRequestRoles

        d = dict(src_dict)
        agent = d.pop("agent")

        session = d.pop("session")

        params = CallRequestParams.from_dict(d.pop("params"))

        run_id = d.pop("run_id", UNSET)

        agent_depth = d.pop("agent_depth", UNSET)

        tool_call_id = d.pop("tool_call_id", UNSET)

        cwd = d.pop("cwd", UNSET)

        response = d.pop("response", UNSET)

        response_texts = cast(list[str], d.pop("response_texts", UNSET))

        _roles = d.pop("roles", UNSET)
        roles: CallRequestRoles | Unset
        if isinstance(_roles, Unset):
            roles = UNSET
        else:
            roles = CallRequestRoles.from_dict(_roles)

        enforce = d.pop("enforce", UNSET)

        explain = d.pop("explain", UNSET)

        execute = d.pop("execute", UNSET)

        _execution = d.pop("execution", UNSET)
        execution: CallRequestExecution | Unset
        if isinstance(_execution, Unset):
            execution = UNSET
        else:
            execution = CallRequestExecution.from_dict(_execution)

        layer = d.pop("layer", UNSET)

        pid = d.pop("pid", UNSET)

        parents = cast(list[int], d.pop("parents", UNSET))

        call_request = cls(
            agent=agent,
            session=session,
            params=params,
            run_id=run_id,
            agent_depth=agent_depth,
            tool_call_id=tool_call_id,
            cwd=cwd,
            response=response,
            response_texts=response_texts,
            roles=roles,
            enforce=enforce,
            explain=explain,
            execute=execute,
            execution=execution,
            layer=layer,
            pid=pid,
            parents=parents,
        )

        return call_request
