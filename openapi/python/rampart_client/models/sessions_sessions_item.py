from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SessionsSessionsItem")


@_attrs_define
class SessionsSessionsItem:
    """
    Attributes:
        id (str):
        started_at (datetime.datetime):
        seen_at (datetime.datetime): When a person last did something in it
        ends_at (datetime.datetime):
        current (bool):
    """

    id: str
    started_at: datetime.datetime
    seen_at: datetime.datetime
    ends_at: datetime.datetime
    current: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        started_at = self.started_at.isoformat()

        seen_at = self.seen_at.isoformat()

        ends_at = self.ends_at.isoformat()

        current = self.current

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "started_at": started_at,
                "seen_at": seen_at,
                "ends_at": ends_at,
                "current": current,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        seen_at = datetime.datetime.fromisoformat(d.pop("seen_at"))

        ends_at = datetime.datetime.fromisoformat(d.pop("ends_at"))

        current = d.pop("current")

        sessions_sessions_item = cls(
            id=id,
            started_at=started_at,
            seen_at=seen_at,
            ends_at=ends_at,
            current=current,
        )

        sessions_sessions_item.additional_properties = d
        return sessions_sessions_item

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
