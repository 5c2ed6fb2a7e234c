from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.trail_sessions_sessions_item import TrailSessionsSessionsItem


T = TypeVar("T", bound="TrailSessions")


@_attrs_define
class TrailSessions:
    """
    Attributes:
        sessions (list[TrailSessionsSessionsItem]): The 200 that called last
        unlisted (int): Sessions of before
    """

    sessions: list[TrailSessionsSessionsItem]
    unlisted: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sessions = []
        for sessions_item_data in self.sessions:
            sessions_item = sessions_item_data.to_dict()
            sessions.append(sessions_item)

        unlisted = self.unlisted

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sessions": sessions,
                "unlisted": unlisted,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.trail_sessions_sessions_item import TrailSessionsSessionsItem

        d = dict(src_dict)
        sessions = []
        _sessions = d.pop("sessions")
        for sessions_item_data in _sessions:
            sessions_item = TrailSessionsSessionsItem.from_dict(sessions_item_data)

            sessions.append(sessions_item)

        unlisted = d.pop("unlisted")

        trail_sessions = cls(
            sessions=sessions,
            unlisted=unlisted,
        )

        trail_sessions.additional_properties = d
        return trail_sessions

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
