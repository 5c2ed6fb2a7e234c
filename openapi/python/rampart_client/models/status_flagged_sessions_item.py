from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StatusFlaggedSessionsItem")


@_attrs_define
class StatusFlaggedSessionsItem:
    """
    Attributes:
        principal (str):
        agent (str):
        session (str):
        tries (int):
        since (datetime.datetime):
    """

    principal: str
    agent: str
    session: str
    tries: int
    since: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        principal = self.principal

        agent = self.agent

        session = self.session

        tries = self.tries

        since = self.since.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "principal": principal,
                "agent": agent,
                "session": session,
                "tries": tries,
                "since": since,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        principal = d.pop("principal")

        agent = d.pop("agent")

        session = d.pop("session")

        tries = d.pop("tries")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        status_flagged_sessions_item = cls(
            principal=principal,
            agent=agent,
            session=session,
            tries=tries,
            since=since,
        )

        status_flagged_sessions_item.additional_properties = d
        return status_flagged_sessions_item

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
