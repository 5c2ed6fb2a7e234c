from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.action import Action
from ..types import UNSET, Unset

T = TypeVar("T", bound="PolicyRulesItem")


@_attrs_define
class PolicyRulesItem:
    """
    Attributes:
        key (str):
        action (Action):
        message (str):
        when (Any):
        approvers (int | Unset):
        timeout_ms (int | Unset):
    """

    key: str
    action: Action
    message: str
    when: Any
    approvers: int | Unset = UNSET
    timeout_ms: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        action = self.action.value

        message = self.message

        when = self.when

        approvers = self.approvers

        timeout_ms = self.timeout_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "action": action,
                "message": message,
                "when": when,
            }
        )
        if approvers is not UNSET:
            field_dict["approvers"] = approvers
        if timeout_ms is not UNSET:
            field_dict["timeout_ms"] = timeout_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        key = d.pop("key")

        action = Action(d.pop("action"))

        message = d.pop("message")

        when = d.pop("when")

        approvers = d.pop("approvers", UNSET)

        timeout_ms = d.pop("timeout_ms", UNSET)

        policy_rules_item = cls(
            key=key,
            action=action,
            message=message,
            when=when,
            approvers=approvers,
            timeout_ms=timeout_ms,
        )

        policy_rules_item.additional_properties = d
        return policy_rules_item

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
