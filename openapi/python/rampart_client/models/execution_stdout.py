from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ExecutionStdout")


@_attrs_define
class ExecutionStdout:
    """
    Attributes:
        text (None | str): What was scanned; null where nothing of it may be shown
        bytes_ (int): Of all that came
        truncated (bool):
        lossy (bool): Bytes that are no UTF-8 stand as U+FFFD
    """

    text: None | str
    bytes_: int
    truncated: bool
    lossy: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        text: None | str
        text = self.text

        bytes_ = self.bytes_

        truncated = self.truncated

        lossy = self.lossy

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "text": text,
                "bytes": bytes_,
                "truncated": truncated,
                "lossy": lossy,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_text(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        text = _parse_text(d.pop("text"))

        bytes_ = d.pop("bytes")

        truncated = d.pop("truncated")

        lossy = d.pop("lossy")

        execution_stdout = cls(
            text=text,
            bytes_=bytes_,
            truncated=truncated,
            lossy=lossy,
        )

        execution_stdout.additional_properties = d
        return execution_stdout

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
