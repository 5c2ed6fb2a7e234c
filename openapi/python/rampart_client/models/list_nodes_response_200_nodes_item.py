from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.list_nodes_response_200_nodes_item_labels import (
        ListNodesResponse200NodesItemLabels,
    )


T = TypeVar("T", bound="ListNodesResponse200NodesItem")


@_attrs_define
class ListNodesResponse200NodesItem:
    """
    Attributes:
        id (str):
        name (str):
        labels (ListNodesResponse200NodesItemLabels):
        standing (str):
        enrolled_at (datetime.datetime):
        seen_at (datetime.datetime | None):
        version (None | str):
        mode (None | str):
        policy_hash (None | str):
        policy_faults (int):
        passed_unasked (int): Calls that nobody judged, since its start
        events (int): Of its trail, held here
        lag (int): Those that it had beyond them when it was last heard
        missing (int): Events that never came
        forked_at (int | None): From there on its trail is not the one that it shipped
    """

    id: str
    name: str
    labels: ListNodesResponse200NodesItemLabels
    standing: str
    enrolled_at: datetime.datetime
    seen_at: datetime.datetime | None
    version: None | str
    mode: None | str
    policy_hash: None | str
    policy_faults: int
    passed_unasked: int
    events: int
    lag: int
    missing: int
    forked_at: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        labels = self.labels.to_dict()

        standing = self.standing

        enrolled_at = self.enrolled_at.isoformat()

        seen_at: None | str
        if isinstance(self.seen_at, datetime.datetime):
            seen_at = self.seen_at.isoformat()
        else:
            seen_at = self.seen_at

        version: None | str
        version = self.version

        mode: None | str
        mode = self.mode

        policy_hash: None | str
        policy_hash = self.policy_hash

        policy_faults = self.policy_faults

        passed_unasked = self.passed_unasked

        events = self.events

        lag = self.lag

        missing = self.missing

        forked_at: int | None
        forked_at = self.forked_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "labels": labels,
                "standing": standing,
                "enrolled_at": enrolled_at,
                "seen_at": seen_at,
                "version": version,
                "mode": mode,
                "policy_hash": policy_hash,
                "policy_faults": policy_faults,
                "passed_unasked": passed_unasked,
                "events": events,
                "lag": lag,
                "missing": missing,
                "forked_at": forked_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.list_nodes_response_200_nodes_item_labels import (
            ListNodesResponse200NodesItemLabels,
        )

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        labels = ListNodesResponse200NodesItemLabels.from_dict(d.pop("labels"))

        standing = d.pop("standing")

        enrolled_at = datetime.datetime.fromisoformat(d.pop("enrolled_at"))

        def _parse_seen_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                seen_at_type_0 = datetime.datetime.fromisoformat(data)

                return seen_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        seen_at = _parse_seen_at(d.pop("seen_at"))

        def _parse_version(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        version = _parse_version(d.pop("version"))

        def _parse_mode(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        mode = _parse_mode(d.pop("mode"))

        def _parse_policy_hash(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        policy_hash = _parse_policy_hash(d.pop("policy_hash"))

        policy_faults = d.pop("policy_faults")

        passed_unasked = d.pop("passed_unasked")

        events = d.pop("events")

        lag = d.pop("lag")

        missing = d.pop("missing")

        def _parse_forked_at(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        forked_at = _parse_forked_at(d.pop("forked_at"))

        list_nodes_response_200_nodes_item = cls(
            id=id,
            name=name,
            labels=labels,
            standing=standing,
            enrolled_at=enrolled_at,
            seen_at=seen_at,
            version=version,
            mode=mode,
            policy_hash=policy_hash,
            policy_faults=policy_faults,
            passed_unasked=passed_unasked,
            events=events,
            lag=lag,
            missing=missing,
            forked_at=forked_at,
        )

        list_nodes_response_200_nodes_item.additional_properties = d
        return list_nodes_response_200_nodes_item

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
