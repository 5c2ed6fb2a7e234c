from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.action import Action

T = TypeVar("T", bound="TraceLine")


@_attrs_define
class TraceLine:
    """
    Attributes:
        subject (int): Index into the subjects
        policy (str):
        rule (str):
        action (Action):
        held (bool):
        reasons (list[str]):
    """

    subject: int
    policy: str
    rule: str
    action: Action
    held: bool
    reasons: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subject = self.subject

        policy = self.policy

        rule = self.rule

        action = self.action.value

        held = self.held

        reasons = self.reasons

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subject": subject,
                "policy": policy,
                "rule": rule,
                "action": action,
                "held": held,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        subject = d.pop("subject")

        policy = d.pop("policy")

        rule = d.pop("rule")

        action = Action(d.pop("action"))

        held = d.pop("held")

        reasons = cast(list[str], d.pop("reasons"))

        trace_line = cls(
            subject=subject,
            policy=policy,
            rule=rule,
            action=action,
            held=held,
            reasons=reasons,
        )

        trace_line.additional_properties = d
        return trace_line

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
