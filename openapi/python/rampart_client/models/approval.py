from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field
from typing_extensions import Self

from ..models.approval_status import ApprovalStatus

if TYPE_CHECKING:
    from ..models.approval_params import ApprovalParams


T = TypeVar("T", bound="Approval")


@_attrs_define
class Approval:
    """
    Attributes:
        id (str):
        status (ApprovalStatus):
        principal (str): Who asked, as the credential proved it
        agent (str):
        session (str):
        run_id (None | str):
        tool_call_id (None | str):
        tool (str):
        params (ApprovalParams):
        cwd (None | str):
        policy (None | str):
        rule (None | str):
        message (str):
        audit_id (None | str):
        created_at (datetime.datetime):
        expires_at (datetime.datetime):
        resolved_at (datetime.datetime | None):
        resolved_by (None | str): The credential that answered
        resolved_name (None | str): The name it gave
    """

    id: str
    status: ApprovalStatus
    principal: str
    agent: str
    session: str
    run_id: None | str
    tool_call_id: None | str
    tool: str
    params: ApprovalParams
    cwd: None | str
    policy: None | str
    rule: None | str
    message: str
    audit_id: None | str
    created_at: datetime.datetime
    expires_at: datetime.datetime
    resolved_at: datetime.datetime | None
    resolved_by: None | str
    resolved_name: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        status = self.status.value

        principal = self.principal

        agent = self.agent

        session = self.session

        run_id: None | str
        run_id = self.run_id

        tool_call_id: None | str
        tool_call_id = self.tool_call_id

        tool = self.tool

        params = self.params.to_dict()

        cwd: None | str
        cwd = self.cwd

        policy: None | str
        policy = self.policy

        rule: None | str
        rule = self.rule

        message = self.message

        audit_id: None | str
        audit_id = self.audit_id

        created_at = self.created_at.isoformat()

        expires_at = self.expires_at.isoformat()

        resolved_at: None | str
        if isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        resolved_by: None | str
        resolved_by = self.resolved_by

        resolved_name: None | str
        resolved_name = self.resolved_name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "principal": principal,
                "agent": agent,
                "session": session,
                "run_id": run_id,
                "tool_call_id": tool_call_id,
                "tool": tool,
                "params": params,
                "cwd": cwd,
                "policy": policy,
                "rule": rule,
                "message": message,
                "audit_id": audit_id,
                "created_at": created_at,
                "expires_at": expires_at,
                "resolved_at": resolved_at,
                "resolved_by": resolved_by,
                "resolved_name": resolved_name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.approval_params import ApprovalParams

        d = dict(src_dict)
        id = d.pop("id")

        status = ApprovalStatus(d.pop("status"))

        principal = d.pop("principal")

        agent = d.pop("agent")

        session = d.pop("session")

        def _parse_run_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        run_id = _parse_run_id(d.pop("run_id"))

        def _parse_tool_call_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tool_call_id = _parse_tool_call_id(d.pop("tool_call_id"))

        tool = d.pop("tool")

        params = ApprovalParams.from_dict(d.pop("params"))

        def _parse_cwd(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cwd = _parse_cwd(d.pop("cwd"))

        def _parse_policy(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        policy = _parse_policy(d.pop("policy"))

        def _parse_rule(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rule = _parse_rule(d.pop("rule"))

        message = d.pop("message")

        def _parse_audit_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        audit_id = _parse_audit_id(d.pop("audit_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        def _parse_resolved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at"))

        def _parse_resolved_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resolved_by = _parse_resolved_by(d.pop("resolved_by"))

        def _parse_resolved_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resolved_name = _parse_resolved_name(d.pop("resolved_name"))

        approval = cls(
            id=id,
            status=status,
            principal=principal,
            agent=agent,
            session=session,
            run_id=run_id,
            tool_call_id=tool_call_id,
            tool=tool,
            params=params,
            cwd=cwd,
            policy=policy,
            rule=rule,
            message=message,
            audit_id=audit_id,
            created_at=created_at,
            expires_at=expires_at,
            resolved_at=resolved_at,
            resolved_by=resolved_by,
            resolved_name=resolved_name,
        )

        approval.additional_properties = d
        return approval

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
