from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ApprovalStatsRulesItem")


@_attrs_define
class ApprovalStatsRulesItem:
    """
    Attributes:
        policy (None | str):
        rule (None | str): Null where default_action asked, or an integrator
        asked (int):
        approved (int):
        denied (int):
        expired (int): Nobody answered in time, or the caller left
        share_approved (float | None): Of those that were answered
        hint (None | str): What to do about a rule that is nearly always approved
    """

    policy: None | str
    rule: None | str
    asked: int
    approved: int
    denied: int
    expired: int
    share_approved: float | None
    hint: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        policy: None | str
        policy = self.policy

        rule: None | str
        rule = self.rule

        asked = self.asked

        approved = self.approved

        denied = self.denied

        expired = self.expired

        share_approved: float | None
        share_approved = self.share_approved

        hint: None | str
        hint = self.hint

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "policy": policy,
                "rule": rule,
                "asked": asked,
                "approved": approved,
                "denied": denied,
                "expired": expired,
                "share_approved": share_approved,
                "hint": hint,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

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

        asked = d.pop("asked")

        approved = d.pop("approved")

        denied = d.pop("denied")

        expired = d.pop("expired")

        def _parse_share_approved(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        share_approved = _parse_share_approved(d.pop("share_approved"))

        def _parse_hint(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        hint = _parse_hint(d.pop("hint"))

        approval_stats_rules_item = cls(
            policy=policy,
            rule=rule,
            asked=asked,
            approved=approved,
            denied=denied,
            expired=expired,
            share_approved=share_approved,
            hint=hint,
        )

        approval_stats_rules_item.additional_properties = d
        return approval_stats_rules_item

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
