from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.approval_stats_rules_item import ApprovalStatsRulesItem


T = TypeVar("T", bound="ApprovalStats")


@_attrs_define
class ApprovalStats:
    """
    Attributes:
        since (datetime.datetime):
        asked (int):
        answered (int):
        asks_per_hour (float):
        median_answer_ms (float | None):
        rules (list[ApprovalStatsRulesItem]):
    """

    since: datetime.datetime
    asked: int
    answered: int
    asks_per_hour: float
    median_answer_ms: float | None
    rules: list[ApprovalStatsRulesItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        asked = self.asked

        answered = self.answered

        asks_per_hour = self.asks_per_hour

        median_answer_ms: float | None
        median_answer_ms = self.median_answer_ms

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "since": since,
                "asked": asked,
                "answered": answered,
                "asks_per_hour": asks_per_hour,
                "median_answer_ms": median_answer_ms,
                "rules": rules,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.approval_stats_rules_item import ApprovalStatsRulesItem

        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))

        asked = d.pop("asked")

        answered = d.pop("answered")

        asks_per_hour = d.pop("asks_per_hour")

        def _parse_median_answer_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        median_answer_ms = _parse_median_answer_ms(d.pop("median_answer_ms"))

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = ApprovalStatsRulesItem.from_dict(rules_item_data)

            rules.append(rules_item)

        approval_stats = cls(
            since=since,
            asked=asked,
            answered=answered,
            asks_per_hour=asks_per_hour,
            median_answer_ms=median_answer_ms,
            rules=rules,
        )

        approval_stats.additional_properties = d
        return approval_stats

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
