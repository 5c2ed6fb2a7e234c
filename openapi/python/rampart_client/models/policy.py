from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.policy_layer import PolicyLayer

if TYPE_CHECKING:
    from ..models.policy_rules_item import PolicyRulesItem


T = TypeVar("T", bound="Policy")


@_attrs_define
class Policy:
    """
    Attributes:
        name (str):
        layer (PolicyLayer):
        file (str):
        priority (float):
        enabled (bool):
        description (str):
        rules (list[PolicyRulesItem]):
    """

    name: str
    layer: PolicyLayer
    file: str
    priority: float
    enabled: bool
    description: str
    rules: list[PolicyRulesItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        layer = self.layer.value

        file = self.file

        priority = self.priority

        enabled = self.enabled

        description = self.description

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "layer": layer,
                "file": file,
                "priority": priority,
                "enabled": enabled,
                "description": description,
                "rules": rules,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.policy_rules_item import PolicyRulesItem

        d = dict(src_dict)
        name = d.pop("name")

        layer = PolicyLayer(d.pop("layer"))

        file = d.pop("file")

        priority = d.pop("priority")

        enabled = d.pop("enabled")

        description = d.pop("description")

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = PolicyRulesItem.from_dict(rules_item_data)

            rules.append(rules_item)

        policy = cls(
            name=name,
            layer=layer,
            file=file,
            priority=priority,
            enabled=enabled,
            description=description,
            rules=rules,
        )

        policy.additional_properties = d
        return policy

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
