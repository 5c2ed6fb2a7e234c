from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TrailSessionsSessionsItem")


@_attrs_define
class TrailSessionsSessionsItem:
    """
    Attributes:
        agent (str):
        session (str):
        calls (int): Each once, also where two programs recorded it
        denied (int):
        asked (int):
        last (datetime.datetime): Of its last call
    """

    agent: str
    session: str
    calls: int
    denied: int
    asked: int
    last: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        session = self.session

        calls = self.calls

        denied = self.denied

        asked = self.asked

        last = self.last.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "agent": agent,
                "session": session,
                "calls": calls,
                "denied": denied,
                "asked": asked,
                "last": last,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        agent = d.pop("agent")

        session = d.pop("session")

        calls = d.pop("calls")

        denied = d.pop("denied")

        asked = d.pop("asked")

        last = datetime.datetime.fromisoformat(d.pop("last"))

        trail_sessions_sessions_item = cls(
            agent=agent,
            session=session,
            calls=calls,
            denied=denied,
            asked=asked,
            last=last,
        )

        trail_sessions_sessions_item.additional_properties = d
        return trail_sessions_sessions_item

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
