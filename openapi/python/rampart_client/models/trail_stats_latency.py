from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TrailStatsLatency")


@_attrs_define
class TrailStatsLatency:
    """
    Attributes:
        count (int):
        p50_us (int | None): To one part in sixteen
        p99_us (int | None):
    """

    count: int
    p50_us: int | None
    p99_us: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        p50_us: int | None
        p50_us = self.p50_us

        p99_us: int | None
        p99_us = self.p99_us

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
                "p50_us": p50_us,
                "p99_us": p99_us,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        count = d.pop("count")

        def _parse_p50_us(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        p50_us = _parse_p50_us(d.pop("p50_us"))

        def _parse_p99_us(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        p99_us = _parse_p99_us(d.pop("p99_us"))

        trail_stats_latency = cls(
            count=count,
            p50_us=p50_us,
            p99_us=p99_us,
        )

        trail_stats_latency.additional_properties = d
        return trail_stats_latency

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
