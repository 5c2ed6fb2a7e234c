from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.trail_stats_by_kind_item import TrailStatsByKindItem
    from ..models.trail_stats_decisions import TrailStatsDecisions
    from ..models.trail_stats_latency import TrailStatsLatency


T = TypeVar("T", bound="TrailStats")


@_attrs_define
class TrailStats:
    """
    Attributes:
        since (datetime.datetime | None):
        until (datetime.datetime | None):
        events (int):
        by_kind (list[TrailStatsByKindItem]):
        decisions (TrailStatsDecisions):
        latency (TrailStatsLatency):
    """

    since: datetime.datetime | None
    until: datetime.datetime | None
    events: int
    by_kind: list[TrailStatsByKindItem]
    decisions: TrailStatsDecisions
    latency: TrailStatsLatency
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        until: None | str
        if isinstance(self.until, datetime.datetime):
            until = self.until.isoformat()
        else:
            until = self.until

        events = self.events

        by_kind = []
        for by_kind_item_data in self.by_kind:
            by_kind_item = by_kind_item_data.to_dict()
            by_kind.append(by_kind_item)

        decisions = self.decisions.to_dict()

        latency = self.latency.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "since": since,
                "until": until,
                "events": events,
                "by_kind": by_kind,
                "decisions": decisions,
                "latency": latency,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.trail_stats_by_kind_item import TrailStatsByKindItem
        from ..models.trail_stats_decisions import TrailStatsDecisions
        from ..models.trail_stats_latency import TrailStatsLatency

        d = dict(src_dict)

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        def _parse_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.datetime.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        until = _parse_until(d.pop("until"))

        events = d.pop("events")

        by_kind = []
        _by_kind = d.pop("by_kind")
        for by_kind_item_data in _by_kind:
            by_kind_item = TrailStatsByKindItem.from_dict(by_kind_item_data)

            by_kind.append(by_kind_item)

        decisions = TrailStatsDecisions.from_dict(d.pop("decisions"))

        latency = TrailStatsLatency.from_dict(d.pop("latency"))

        trail_stats = cls(
            since=since,
            until=until,
            events=events,
            by_kind=by_kind,
            decisions=decisions,
            latency=latency,
        )

        trail_stats.additional_properties = d
        return trail_stats

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
