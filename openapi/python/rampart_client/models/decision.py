from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.action import Action
from ..models.approval_status import ApprovalStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.effect import Effect
    from ..models.execution import Execution
    from ..models.trace_line import TraceLine


T = TypeVar("T", bound="Decision")


@_attrs_define
class Decision:
    """
    Attributes:
        allowed (bool): Whether the call may be made
        decision (Action):
        message (str):
        policy (None | str):
        rule (None | str):
        matched_policies (list[str]): All of them only with scope audit
        effects (list[Effect]):
        effects_complete (bool): False when the call may touch more than the effects say
        eval_duration_us (float):
        audit_id (str):
        enforced (bool):
        approval_id (str | Unset):
        approval_status (ApprovalStatus | Unset):
        expires_at (datetime.datetime | Unset):
        response (str | Unset): What may be shown of an output that a rule objects to
        response_texts (list[str] | Unset): The same, text by text
        reads_output (bool | Unset): To the layers hook and mcp: false where no rule in force looks at outputs, so none
            need be sent
        output_kinds (list[str] | Unset): Of those that need be sent
        execution (Execution | Unset):
        trace (list[TraceLine] | Unset):
        suggestions (list[str] | Unset):
    """

    allowed: bool
    decision: Action
    message: str
    policy: None | str
    rule: None | str
    matched_policies: list[str]
    effects: list[Effect]
    effects_complete: bool
    eval_duration_us: float
    audit_id: str
    enforced: bool
    approval_id: str | Unset = UNSET
    approval_status: ApprovalStatus | Unset = UNSET
    expires_at: datetime.datetime | Unset = UNSET
    response: str | Unset = UNSET
    response_texts: list[str] | Unset = UNSET
    reads_output: bool | Unset = UNSET
    output_kinds: list[str] | Unset = UNSET
    execution: Execution | Unset = UNSET
    trace: list[TraceLine] | Unset = UNSET
    suggestions: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        allowed = self.allowed

        decision = self.decision.value

        message = self.message

        policy: None | str
        policy = self.policy

        rule: None | str
        rule = self.rule

        matched_policies = self.matched_policies

        effects = []
        for effects_item_data in self.effects:
            effects_item = effects_item_data.to_dict()
            effects.append(effects_item)

        effects_complete = self.effects_complete

        eval_duration_us = self.eval_duration_us

        audit_id = self.audit_id

        enforced = self.enforced

        approval_id = self.approval_id

        approval_status: str | Unset = UNSET
        if not isinstance(self.approval_status, Unset):
            approval_status = self.approval_status.value

        expires_at: str | Unset = UNSET
        if not isinstance(self.expires_at, Unset):
            expires_at = self.expires_at.isoformat()

        response = self.response

        response_texts: list[str] | Unset = UNSET
        if not isinstance(self.response_texts, Unset):
            response_texts = self.response_texts

        reads_output = self.reads_output

        output_kinds: list[str] | Unset = UNSET
        if not isinstance(self.output_kinds, Unset):
            output_kinds = self.output_kinds

        execution: dict[str, Any] | Unset = UNSET
        if not isinstance(self.execution, Unset):
            execution = self.execution.to_dict()

        trace: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.trace, Unset):
            trace = []
            for trace_item_data in self.trace:
                trace_item = trace_item_data.to_dict()
                trace.append(trace_item)

        suggestions: list[str] | Unset = UNSET
        if not isinstance(self.suggestions, Unset):
            suggestions = self.suggestions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "allowed": allowed,
                "decision": decision,
                "message": message,
                "policy": policy,
                "rule": rule,
                "matched_policies": matched_policies,
                "effects": effects,
                "effects_complete": effects_complete,
                "eval_duration_us": eval_duration_us,
                "audit_id": audit_id,
                "enforced": enforced,
            }
        )
        if approval_id is not UNSET:
            field_dict["approval_id"] = approval_id
        if approval_status is not UNSET:
            field_dict["approval_status"] = approval_status
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at
        if response is not UNSET:
            field_dict["response"] = response
        if response_texts is not UNSET:
            field_dict["response_texts"] = response_texts
        if reads_output is not UNSET:
            field_dict["reads_output"] = reads_output
        if output_kinds is not UNSET:
            field_dict["output_kinds"] = output_kinds
        if execution is not UNSET:
            field_dict["execution"] = execution
        if trace is not UNSET:
            field_dict["trace"] = trace
        if suggestions is not UNSET:
            field_dict["suggestions"] = suggestions

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.effect import Effect
        from ..models.execution import Execution
        from ..models.trace_line import TraceLine

        d = dict(src_dict)
        allowed = d.pop("allowed")

        decision = Action(d.pop("decision"))

        message = d.pop("message")

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

        matched_policies = cast(list[str], d.pop("matched_policies"))

        effects = []
        _effects = d.pop("effects")
        for effects_item_data in _effects:
            effects_item = Effect.from_dict(effects_item_data)

            effects.append(effects_item)

        effects_complete = d.pop("effects_complete")

        eval_duration_us = d.pop("eval_duration_us")

        audit_id = d.pop("audit_id")

        enforced = d.pop("enforced")

        approval_id = d.pop("approval_id", UNSET)

        _approval_status = d.pop("approval_status", UNSET)
        approval_status: ApprovalStatus | Unset
        if isinstance(_approval_status, Unset):
            approval_status = UNSET
        else:
            approval_status = ApprovalStatus(_approval_status)

        _expires_at = d.pop("expires_at", UNSET)
        expires_at: datetime.datetime | Unset
        if isinstance(_expires_at, Unset):
            expires_at = UNSET
        else:
            expires_at = datetime.datetime.fromisoformat(_expires_at)

        response = d.pop("response", UNSET)

        response_texts = cast(list[str], d.pop("response_texts", UNSET))

        reads_output = d.pop("reads_output", UNSET)

        output_kinds = cast(list[str], d.pop("output_kinds", UNSET))

        _execution = d.pop("execution", UNSET)
        execution: Execution | Unset
        if isinstance(_execution, Unset):
            execution = UNSET
        else:
            execution = Execution.from_dict(_execution)

        _trace = d.pop("trace", UNSET)
        trace: list[TraceLine] | Unset = UNSET
        if _trace is not UNSET:
            trace = []
            for trace_item_data in _trace:
                trace_item = TraceLine.from_dict(trace_item_data)

                trace.append(trace_item)

        suggestions = cast(list[str], d.pop("suggestions", UNSET))

        made = cls(
            allowed=allowed,
            decision=decision,
            message=message,
            policy=policy,
            rule=rule,
            matched_policies=matched_policies,
            effects=effects,
            effects_complete=effects_complete,
            eval_duration_us=eval_duration_us,
            audit_id=audit_id,
            enforced=enforced,
            approval_id=approval_id,
            approval_status=approval_status,
            expires_at=expires_at,
            response=response,
            response_texts=response_texts,
            reads_output=reads_output,
            output_kinds=output_kinds,
            execution=execution,
            trace=trace,
            suggestions=suggestions,
        )

        made.additional_properties = d
        return made

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
