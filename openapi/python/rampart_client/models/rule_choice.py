from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.rule_choice_admits_item import RuleChoiceAdmitsItem
    from ..models.rule_choice_matched import RuleChoiceMatched


T = TypeVar("T", bound="RuleChoice")


@_attrs_define
class RuleChoice:
    """
    Attributes:
        generalisation (str):
        text (str):
        available (bool):
        refused (None | str): Why it cannot be kept
        matched (RuleChoiceMatched):
        admits (list[RuleChoiceAdmitsItem]): Calls that must be stopped and that it would let pass
    """

    generalisation: str
    text: str
    available: bool
    refused: None | str
    matched: RuleChoiceMatched
    admits: list[RuleChoiceAdmitsItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        generalisation = self.generalisation

        text = self.text

        available = self.available

        refused: None | str
        refused = self.refused

        matched = self.matched.to_dict()

        admits = []
        for admits_item_data in self.admits:
            admits_item = admits_item_data.to_dict()
            admits.append(admits_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "generalisation": generalisation,
                "text": text,
                "available": available,
                "refused": refused,
                "matched": matched,
                "admits": admits,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.rule_choice_admits_item import RuleChoiceAdmitsItem
        from ..models.rule_choice_matched import RuleChoiceMatched

        d = dict(src_dict)
        generalisation = d.pop("generalisation")

        text = d.pop("text")

        available = d.pop("available")

        def _parse_refused(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        refused = _parse_refused(d.pop("refused"))

        matched = RuleChoiceMatched.from_dict(d.pop("matched"))

        admits = []
        _admits = d.pop("admits")
        for admits_item_data in _admits:
            admits_item = RuleChoiceAdmitsItem.from_dict(admits_item_data)

            admits.append(admits_item)

        rule_choice = cls(
            generalisation=generalisation,
            text=text,
            available=available,
            refused=refused,
            matched=matched,
            admits=admits,
        )

        rule_choice.additional_properties = d
        return rule_choice

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
