from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.approval_status import ApprovalStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.approval_answers_item import ApprovalAnswersItem
    from ..models.approval_effects_item import ApprovalEffectsItem
    from ..models.approval_params import ApprovalParams
    from ..models.approval_parts_item import ApprovalPartsItem


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
        code (str): Ten letters of the digest, to compare two screens by
        parts (list[ApprovalPartsItem]): The call as it was read when it was asked
        effects (list[ApprovalEffectsItem]):
        effects_complete (bool): False when the call may touch more than the effects say
        approvers (int): People who must say yes
        answers (list[ApprovalAnswersItem]):
        channel (None | str): cli, watch, dashboard, http, link or chat
        scope (None | str): How long the yes holds: once, session, run or always
        reason (None | str): Why a person said no
        waiters (int): Callers that are held for it now
        timeout_ms (int):
        candidates_omitted (int | Unset): Parts that are left out
        rule_id (None | str | Unset): What was kept of the answer
        rule_ids (list[str] | Unset): One for each part that asked
        rule_refused (None | str | Unset): Why it could not be kept
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
    code: str
    parts: list[ApprovalPartsItem]
    effects: list[ApprovalEffectsItem]
    effects_complete: bool
    approvers: int
    answers: list[ApprovalAnswersItem]
    channel: None | str
    scope: None | str
    reason: None | str
    waiters: int
    timeout_ms: int
    candidates_omitted: int | Unset = UNSET
    rule_id: None | str | Unset = UNSET
    rule_ids: list[str] | Unset = UNSET
    rule_refused: None | str | Unset = UNSET
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

        code = self.code

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        effects = []
        for effects_item_data in self.effects:
            effects_item = effects_item_data.to_dict()
            effects.append(effects_item)

        effects_complete = self.effects_complete

        approvers = self.approvers

        answers = []
        for answers_item_data in self.answers:
            answers_item = answers_item_data.to_dict()
            answers.append(answers_item)

        channel: None | str
        channel = self.channel

        scope: None | str
        scope = self.scope

        reason: None | str
        reason = self.reason

        waiters = self.waiters

        timeout_ms = self.timeout_ms

        candidates_omitted = self.candidates_omitted

        rule_id: None | str | Unset
        if isinstance(self.rule_id, Unset):
            rule_id = UNSET
        else:
            rule_id = self.rule_id

        rule_ids: list[str] | Unset = UNSET
        if not isinstance(self.rule_ids, Unset):
            rule_ids = self.rule_ids

        rule_refused: None | str | Unset
        if isinstance(self.rule_refused, Unset):
            rule_refused = UNSET
        else:
            rule_refused = self.rule_refused

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
                "code": code,
                "parts": parts,
                "effects": effects,
                "effects_complete": effects_complete,
                "approvers": approvers,
                "answers": answers,
                "channel": channel,
                "scope": scope,
                "reason": reason,
                "waiters": waiters,
                "timeout_ms": timeout_ms,
            }
        )
        if candidates_omitted is not UNSET:
            field_dict["candidates_omitted"] = candidates_omitted
        if rule_id is not UNSET:
            field_dict["rule_id"] = rule_id
        if rule_ids is not UNSET:
            field_dict["rule_ids"] = rule_ids
        if rule_refused is not UNSET:
            field_dict["rule_refused"] = rule_refused

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.approval_answers_item import ApprovalAnswersItem
        from ..models.approval_effects_item import ApprovalEffectsItem
        from ..models.approval_params import ApprovalParams
        from ..models.approval_parts_item import ApprovalPartsItem

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

        code = d.pop("code")

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = ApprovalPartsItem.from_dict(parts_item_data)

            parts.append(parts_item)

        effects = []
        _effects = d.pop("effects")
        for effects_item_data in _effects:
            effects_item = ApprovalEffectsItem.from_dict(effects_item_data)

            effects.append(effects_item)

        effects_complete = d.pop("effects_complete")

        approvers = d.pop("approvers")

        answers = []
        _answers = d.pop("answers")
        for answers_item_data in _answers:
            answers_item = ApprovalAnswersItem.from_dict(answers_item_data)

            answers.append(answers_item)

        def _parse_channel(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        channel = _parse_channel(d.pop("channel"))

        def _parse_scope(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        scope = _parse_scope(d.pop("scope"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        waiters = d.pop("waiters")

        timeout_ms = d.pop("timeout_ms")

        candidates_omitted = d.pop("candidates_omitted", UNSET)

        def _parse_rule_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rule_id = _parse_rule_id(d.pop("rule_id", UNSET))

        rule_ids = cast(list[str], d.pop("rule_ids", UNSET))

        def _parse_rule_refused(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rule_refused = _parse_rule_refused(d.pop("rule_refused", UNSET))

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
            code=code,
            parts=parts,
            effects=effects,
            effects_complete=effects_complete,
            approvers=approvers,
            answers=answers,
            channel=channel,
            scope=scope,
            reason=reason,
            waiters=waiters,
            timeout_ms=timeout_ms,
            candidates_omitted=candidates_omitted,
            rule_id=rule_id,
            rule_ids=rule_ids,
            rule_refused=rule_refused,
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
