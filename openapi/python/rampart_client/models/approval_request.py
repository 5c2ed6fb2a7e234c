from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.approval_request_params import ApprovalRequestParams


T = TypeVar("T", bound="ApprovalRequest")


@_attrs_define
class ApprovalRequest:
    """
    Attributes:
        agent (str): The agent's name; a token bound to an agent overrides it
        session (str):
        tool (str):
        params (ApprovalRequestParams):
        run_id (str | Unset):
        agent_depth (int | Unset):
        tool_call_id (str | Unset):
        cwd (str | Unset): Absolute working directory
        message (str | Unset):
    """

    agent: str
    session: str
    tool: str
    params: ApprovalRequestParams
    run_id: str | Unset = UNSET
    agent_depth: int | Unset = UNSET
    tool_call_id: str | Unset = UNSET
    cwd: str | Unset = UNSET
    message: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        session = self.session

        tool = self.tool

        params = self.params.to_dict()

        run_id = self.run_id

        agent_depth = self.agent_depth

        tool_call_id = self.tool_call_id

        cwd = self.cwd

        message = self.message

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "agent": agent,
                "session": session,
                "tool": tool,
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
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.approval_request_params import ApprovalRequestParams

        d = dict(src_dict)
        agent = d.pop("agent")

        session = d.pop("session")

        tool = d.pop("tool")

        params = ApprovalRequestParams.from_dict(d.pop("params"))

        run_id = d.pop("run_id", UNSET)

        agent_depth = d.pop("agent_depth", UNSET)

        tool_call_id = d.pop("tool_call_id", UNSET)

        cwd = d.pop("cwd", UNSET)

        message = d.pop("message", UNSET)

        approval_request = cls(
            agent=agent,
            session=session,
            tool=tool,
            params=params,
            run_id=run_id,
            agent_depth=agent_depth,
            tool_call_id=tool_call_id,
            cwd=cwd,
            message=message,
        )

        return approval_request
