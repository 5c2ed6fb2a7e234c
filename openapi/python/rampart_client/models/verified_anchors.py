from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="VerifiedAnchors")


@_attrs_define
class VerifiedAnchors:
    """
    Attributes:
        count (int):
        last_seq (int):
        key_ids (list[str]):
    """

    count: int
    last_seq: int
    key_ids: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        last_seq = self.last_seq

        key_ids = self.key_ids

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
                "last_seq": last_seq,
                "key_ids": key_ids,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        count = d.pop("count")

        last_seq = d.pop("last_seq")

        key_ids = cast(list[str], d.pop("key_ids"))

        verified_anchors = cls(
            count=count,
            last_seq=last_seq,
            key_ids=key_ids,
        )

        verified_anchors.additional_properties = d
        return verified_anchors

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
