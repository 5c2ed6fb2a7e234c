from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ApprovalAnswersItem")


@_attrs_define
class ApprovalAnswersItem:
    """
    Attributes:
        principal (str):
        name (None | str):
        channel (str):
        approved (bool):
        at (datetime.datetime):
    """

    principal: str
    name: None | str
    channel: str
    approved: bool
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        principal = self.principal

        name: None | str
        name = self.name

        channel = self.channel

        approved = self.approved

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "principal": principal,
                "name": name,
                "channel": channel,
                "approved": approved,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        principal = d.pop("principal")

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        channel = d.pop("channel")

        approved = d.pop("approved")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        approval_answers_item = cls(
            principal=principal,
            name=name,
            channel=channel,
            approved=approved,
            at=at,
        )

        approval_answers_item.additional_properties = d
        return approval_answers_item

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
