from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.rule_choice_matched_examples_item import RuleChoiceMatchedExamplesItem


T = TypeVar("T", bound="RuleChoiceMatched")


@_attrs_define
class RuleChoiceMatched:
    """
    Attributes:
        of (int): Audited calls that were looked at, newest first
        count (int):
        examples (list[RuleChoiceMatchedExamplesItem]):
    """

    of: int
    count: int
    examples: list[RuleChoiceMatchedExamplesItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        of = self.of

        count = self.count

        examples = []
        for examples_item_data in self.examples:
            examples_item = examples_item_data.to_dict()
            examples.append(examples_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "of": of,
                "count": count,
                "examples": examples,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.rule_choice_matched_examples_item import (
            RuleChoiceMatchedExamplesItem,
        )

        d = dict(src_dict)
        of = d.pop("of")

        count = d.pop("count")

        examples = []
        _examples = d.pop("examples")
        for examples_item_data in _examples:
            examples_item = RuleChoiceMatchedExamplesItem.from_dict(examples_item_data)

            examples.append(examples_item)

        rule_choice_matched = cls(
            of=of,
            count=count,
            examples=examples,
        )

        rule_choice_matched.additional_properties = d
        return rule_choice_matched

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
