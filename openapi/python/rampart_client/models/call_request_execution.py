from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CallRequestExecution")


@_attrs_define
class CallRequestExecution:
    """With execute: limits below those of the server

    Attributes:
        timeout_ms (int | Unset):
        output_bytes (int | Unset): Most of each output
    """

    timeout_ms: int | Unset = UNSET
    output_bytes: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        timeout_ms = self.timeout_ms

        output_bytes = self.output_bytes

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if timeout_ms is not UNSET:
            field_dict["timeout_ms"] = timeout_ms
        if output_bytes is not UNSET:
            field_dict["output_bytes"] = output_bytes

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        timeout_ms = d.pop("timeout_ms", UNSET)

        output_bytes = d.pop("output_bytes", UNSET)

        call_request_execution = cls(
            timeout_ms=timeout_ms,
            output_bytes=output_bytes,
        )

        return call_request_execution
