from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.notify_destination_state import NotifyDestinationState

T = TypeVar("T", bound="NotifyDestination")


@_attrs_define
class NotifyDestination:
    """
    Attributes:
        name (str):
        platform (str):
        to (str): Without what may be secret
        state (NotifyDestinationState):
        lag_events (int):
        sent (int): Since the start, as the other counts
        held (int): Alerts that wait for the next digest
        failures (int):
        given_up (int):
        last_sent_at (datetime.datetime | None):
        last_error (None | str):
    """

    name: str
    platform: str
    to: str
    state: NotifyDestinationState
    lag_events: int
    sent: int
    held: int
    failures: int
    given_up: int
    last_sent_at: datetime.datetime | None
    last_error: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        platform = self.platform

        to = self.to

        state = self.state.value

        lag_events = self.lag_events

        sent = self.sent

        held = self.held

        failures = self.failures

        given_up = self.given_up

        last_sent_at: None | str
        if isinstance(self.last_sent_at, datetime.datetime):
            last_sent_at = self.last_sent_at.isoformat()
        else:
            last_sent_at = self.last_sent_at

        last_error: None | str
        last_error = self.last_error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "platform": platform,
                "to": to,
                "state": state,
                "lag_events": lag_events,
                "sent": sent,
                "held": held,
                "failures": failures,
                "given_up": given_up,
                "last_sent_at": last_sent_at,
                "last_error": last_error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        platform = d.pop("platform")

        to = d.pop("to")

        state = NotifyDestinationState(d.pop("state"))

        lag_events = d.pop("lag_events")

        sent = d.pop("sent")

        held = d.pop("held")

        failures = d.pop("failures")

        given_up = d.pop("given_up")

        def _parse_last_sent_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_sent_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_sent_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_sent_at = _parse_last_sent_at(d.pop("last_sent_at"))

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        notify_destination = cls(
            name=name,
            platform=platform,
            to=to,
            state=state,
            lag_events=lag_events,
            sent=sent,
            held=held,
            failures=failures,
            given_up=given_up,
            last_sent_at=last_sent_at,
            last_error=last_error,
        )

        notify_destination.additional_properties = d
        return notify_destination

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
