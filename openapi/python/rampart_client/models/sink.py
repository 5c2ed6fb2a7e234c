from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Sink")


@_attrs_define
class Sink:
    """
    Attributes:
        name (str):
        type_ (str): syslog, webhook or otlp
        to (str): Without path, query or credentials
        state (str): ok or failing
        seq (int): The last event that was delivered
        lag_events (int):
        lag_seconds (int):
        delivered (int):
        failures (int):
        lost (int): Events that were gone before they could be delivered
        rejected (int): Events that the receiver refused for good
        last_delivered_at (datetime.datetime | None):
        last_error (None | str):
    """

    name: str
    type_: str
    to: str
    state: str
    seq: int
    lag_events: int
    lag_seconds: int
    delivered: int
    failures: int
    lost: int
    rejected: int
    last_delivered_at: datetime.datetime | None
    last_error: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        type_ = self.type_

        to = self.to

        state = self.state

        seq = self.seq

        lag_events = self.lag_events

        lag_seconds = self.lag_seconds

        delivered = self.delivered

        failures = self.failures

        lost = self.lost

        rejected = self.rejected

        last_delivered_at: None | str
        if isinstance(self.last_delivered_at, datetime.datetime):
            last_delivered_at = self.last_delivered_at.isoformat()
        else:
            last_delivered_at = self.last_delivered_at

        last_error: None | str
        last_error = self.last_error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "type": type_,
                "to": to,
                "state": state,
                "seq": seq,
                "lag_events": lag_events,
                "lag_seconds": lag_seconds,
                "delivered": delivered,
                "failures": failures,
                "lost": lost,
                "rejected": rejected,
                "last_delivered_at": last_delivered_at,
                "last_error": last_error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        type_ = d.pop("type")

        to = d.pop("to")

        state = d.pop("state")

        seq = d.pop("seq")

        lag_events = d.pop("lag_events")

        lag_seconds = d.pop("lag_seconds")

        delivered = d.pop("delivered")

        failures = d.pop("failures")

        lost = d.pop("lost")

        rejected = d.pop("rejected")

        def _parse_last_delivered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_delivered_at = _parse_last_delivered_at(d.pop("last_delivered_at"))

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        sink = cls(
            name=name,
            type_=type_,
            to=to,
            state=state,
            seq=seq,
            lag_events=lag_events,
            lag_seconds=lag_seconds,
            delivered=delivered,
            failures=failures,
            lost=lost,
            rejected=rejected,
            last_delivered_at=last_delivered_at,
            last_error=last_error,
        )

        sink.additional_properties = d
        return sink

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
