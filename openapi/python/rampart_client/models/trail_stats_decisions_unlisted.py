from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TrailStatsDecisionsUnlisted")


@_attrs_define
class TrailStatsDecisionsUnlisted:
    """
    Attributes:
        policies (int):
        rules (int):
        tools (int):
        agents (int):
        hours (int):
    """

    policies: int
    rules: int
    tools: int
    agents: int
    hours: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        policies = self.policies

        rules = self.rules

        tools = self.tools

        agents = self.agents

        hours = self.hours

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "policies": policies,
                "rules": rules,
                "tools": tools,
                "agents": agents,
                "hours": hours,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        policies = d.pop("policies")

        rules = d.pop("rules")

        tools = d.pop("tools")

        agents = d.pop("agents")

        hours = d.pop("hours")

        trail_stats_decisions_unlisted = cls(
            policies=policies,
            rules=rules,
            tools=tools,
            agents=agents,
            hours=hours,
        )

        trail_stats_decisions_unlisted.additional_properties = d
        return trail_stats_decisions_unlisted

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
