from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.explain_request_params import ExplainRequestParams


T = TypeVar("T", bound="ExplainRequest")


@_attrs_define
class ExplainRequest:
    """
    Attributes:
        agent (str): The agent's name; a token bound to an agent overrides it
        session (str):
        tool (str):
        params (ExplainRequestParams):
        run_id (str | Unset):
        agent_depth (int | Unset):
        tool_call_id (str | Unset):
        cwd (str | Unset): Absolute working directory
        response (str | Unset):
    """

    agent: str
    session: str
    tool: str
    params: ExplainRequestParams
    run_id: str | Unset = UNSET
    agent_depth: int | Unset = UNSET
    tool_call_id: str | Unset = UNSET
    cwd: str | Unset = UNSET
    response: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        session = self.session

        tool = self.tool

        params = self.params.to_dict()

        run_id = self.run_id

        agent_depth = self.agent_depth

        tool_call_id = self.tool_call_id

        cwd = self.cwd

        response = self.response

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
        if response is not UNSET:
            field_dict["response"] = response

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.explain_request_params import ExplainRequestParams

        d = dict(src_dict)
        agent = d.pop("agent")

        session = d.pop("session")

        tool = d.pop("tool")

        params = ExplainRequestParams.from_dict(d.pop("params"))

        run_id = d.pop("run_id", UNSET)

        agent_depth = d.pop("agent_depth", UNSET)

        tool_call_id = d.pop("tool_call_id", UNSET)

        cwd = d.pop("cwd", UNSET)

        response = d.pop("response", UNSET)

        explain_request = cls(
            agent=agent,
            session=session,
            tool=tool,
            params=params,
            run_id=run_id,
            agent_depth=agent_depth,
            tool_call_id=tool_call_id,
            cwd=cwd,
            response=response,
        )

        return explain_request
