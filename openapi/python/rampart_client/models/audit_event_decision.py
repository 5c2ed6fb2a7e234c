from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AuditEventDecision")


@_attrs_define
class AuditEventDecision:
    """
    Attributes:
        action (str):
        eval_us (float):
        policy (str | Unset):
        rule (str | Unset):
        message (str | Unset):
        effects (list[Any] | Unset):
        webhooks (list[Any] | Unset):
    """

    action: str
    eval_us: float
    policy: str | Unset = UNSET
    rule: str | Unset = UNSET
    message: str | Unset = UNSET
    effects: list[Any] | Unset = UNSET
    webhooks: list[Any] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        action = self.action

        eval_us = self.eval_us

        policy = self.policy

        rule = self.rule

        message = self.message

        effects: list[Any] | Unset = UNSET
        if not isinstance(self.effects, Unset):
            effects = self.effects

        webhooks: list[Any] | Unset = UNSET
        if not isinstance(self.webhooks, Unset):
            webhooks = self.webhooks

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "eval_us": eval_us,
            }
        )
        if policy is not UNSET:
            field_dict["policy"] = policy
        if rule is not UNSET:
            field_dict["rule"] = rule
        if message is not UNSET:
            field_dict["message"] = message
        if effects is not UNSET:
            field_dict["effects"] = effects
        if webhooks is not UNSET:
            field_dict["webhooks"] = webhooks

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        action = d.pop("action")

        eval_us = d.pop("eval_us")

        policy = d.pop("policy", UNSET)

        rule = d.pop("rule", UNSET)

        message = d.pop("message", UNSET)

        effects = cast(list[Any], d.pop("effects", UNSET))

        webhooks = cast(list[Any], d.pop("webhooks", UNSET))

        audit_event_decision = cls(
            action=action,
            eval_us=eval_us,
            policy=policy,
            rule=rule,
            message=message,
            effects=effects,
            webhooks=webhooks,
        )

        audit_event_decision.additional_properties = d
        return audit_event_decision

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
