from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.trail_stats_decisions_by_action_item import (
        TrailStatsDecisionsByActionItem,
    )
    from ..models.trail_stats_decisions_by_agent_item import (
        TrailStatsDecisionsByAgentItem,
    )
    from ..models.trail_stats_decisions_by_hour_item import (
        TrailStatsDecisionsByHourItem,
    )
    from ..models.trail_stats_decisions_by_policy_item import (
        TrailStatsDecisionsByPolicyItem,
    )
    from ..models.trail_stats_decisions_by_rule_item import (
        TrailStatsDecisionsByRuleItem,
    )
    from ..models.trail_stats_decisions_by_tool_item import (
        TrailStatsDecisionsByToolItem,
    )
    from ..models.trail_stats_decisions_unlisted import TrailStatsDecisionsUnlisted


T = TypeVar("T", bound="TrailStatsDecisions")


@_attrs_define
class TrailStatsDecisions:
    """
    Attributes:
        total (int): Each call once, also where two programs recorded it
        enforced (int):
        by_action (list[TrailStatsDecisionsByActionItem]):
        by_policy (list[TrailStatsDecisionsByPolicyItem]):
        by_rule (list[TrailStatsDecisionsByRuleItem]):
        by_tool (list[TrailStatsDecisionsByToolItem]):
        by_agent (list[TrailStatsDecisionsByAgentItem]):
        by_hour (list[TrailStatsDecisionsByHourItem]):
        unlisted (TrailStatsDecisionsUnlisted):
    """

    total: int
    enforced: int
    by_action: list[TrailStatsDecisionsByActionItem]
    by_policy: list[TrailStatsDecisionsByPolicyItem]
    by_rule: list[TrailStatsDecisionsByRuleItem]
    by_tool: list[TrailStatsDecisionsByToolItem]
    by_agent: list[TrailStatsDecisionsByAgentItem]
    by_hour: list[TrailStatsDecisionsByHourItem]
    unlisted: TrailStatsDecisionsUnlisted
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        total = self.total

        enforced = self.enforced

        by_action = []
        for by_action_item_data in self.by_action:
            by_action_item = by_action_item_data.to_dict()
            by_action.append(by_action_item)

        by_policy = []
        for by_policy_item_data in self.by_policy:
            by_policy_item = by_policy_item_data.to_dict()
            by_policy.append(by_policy_item)

        by_rule = []
        for by_rule_item_data in self.by_rule:
            by_rule_item = by_rule_item_data.to_dict()
            by_rule.append(by_rule_item)

        by_tool = []
        for by_tool_item_data in self.by_tool:
            by_tool_item = by_tool_item_data.to_dict()
            by_tool.append(by_tool_item)

        by_agent = []
        for by_agent_item_data in self.by_agent:
            by_agent_item = by_agent_item_data.to_dict()
            by_agent.append(by_agent_item)

        by_hour = []
        for by_hour_item_data in self.by_hour:
            by_hour_item = by_hour_item_data.to_dict()
            by_hour.append(by_hour_item)

        unlisted = self.unlisted.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "total": total,
                "enforced": enforced,
                "by_action": by_action,
                "by_policy": by_policy,
                "by_rule": by_rule,
                "by_tool": by_tool,
                "by_agent": by_agent,
                "by_hour": by_hour,
                "unlisted": unlisted,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.trail_stats_decisions_by_action_item import (
            TrailStatsDecisionsByActionItem,
        )
        from ..models.trail_stats_decisions_by_agent_item import (
            TrailStatsDecisionsByAgentItem,
        )
        from ..models.trail_stats_decisions_by_hour_item import (
            TrailStatsDecisionsByHourItem,
        )
        from ..models.trail_stats_decisions_by_policy_item import (
            TrailStatsDecisionsByPolicyItem,
        )
        from ..models.trail_stats_decisions_by_rule_item import (
            TrailStatsDecisionsByRuleItem,
        )
        from ..models.trail_stats_decisions_by_tool_item import (
            TrailStatsDecisionsByToolItem,
        )
        from ..models.trail_stats_decisions_unlisted import TrailStatsDecisionsUnlisted

        d = dict(src_dict)
        total = d.pop("total")

        enforced = d.pop("enforced")

        by_action = []
        _by_action = d.pop("by_action")
        for by_action_item_data in _by_action:
            by_action_item = TrailStatsDecisionsByActionItem.from_dict(
                by_action_item_data
            )

            by_action.append(by_action_item)

        by_policy = []
        _by_policy = d.pop("by_policy")
        for by_policy_item_data in _by_policy:
            by_policy_item = TrailStatsDecisionsByPolicyItem.from_dict(
                by_policy_item_data
            )

            by_policy.append(by_policy_item)

        by_rule = []
        _by_rule = d.pop("by_rule")
        for by_rule_item_data in _by_rule:
            by_rule_item = TrailStatsDecisionsByRuleItem.from_dict(by_rule_item_data)

            by_rule.append(by_rule_item)

        by_tool = []
        _by_tool = d.pop("by_tool")
        for by_tool_item_data in _by_tool:
            by_tool_item = TrailStatsDecisionsByToolItem.from_dict(by_tool_item_data)

            by_tool.append(by_tool_item)

        by_agent = []
        _by_agent = d.pop("by_agent")
        for by_agent_item_data in _by_agent:
            by_agent_item = TrailStatsDecisionsByAgentItem.from_dict(by_agent_item_data)

            by_agent.append(by_agent_item)

        by_hour = []
        _by_hour = d.pop("by_hour")
        for by_hour_item_data in _by_hour:
            by_hour_item = TrailStatsDecisionsByHourItem.from_dict(by_hour_item_data)

            by_hour.append(by_hour_item)

        unlisted = TrailStatsDecisionsUnlisted.from_dict(d.pop("unlisted"))

        trail_stats_decisions = cls(
            total=total,
            enforced=enforced,
            by_action=by_action,
            by_policy=by_policy,
            by_rule=by_rule,
            by_tool=by_tool,
            by_agent=by_agent,
            by_hour=by_hour,
            unlisted=unlisted,
        )

        trail_stats_decisions.additional_properties = d
        return trail_stats_decisions

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
