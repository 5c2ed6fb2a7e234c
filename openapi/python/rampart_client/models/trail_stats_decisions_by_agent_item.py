from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TrailStatsDecisionsByAgentItem")


@_attrs_define
class TrailStatsDecisionsByAgentItem:
    """
    Attributes:
        name (str):
        count (int):
        denied (int):
        asked (int):
    """

    name: str
    count: int
    denied: int
    asked: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        count = self.count

        denied = self.denied

        asked = self.asked

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "count": count,
                "denied": denied,
                "asked": asked,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        count = d.pop("count")

        denied = d.pop("denied")

        asked = d.pop("asked")

        trail_stats_decisions_by_agent_item = cls(
            name=name,
            count=count,
            denied=denied,
            asked=asked,
        )

        trail_stats_decisions_by_agent_item.additional_properties = d
        return trail_stats_decisions_by_agent_item

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
