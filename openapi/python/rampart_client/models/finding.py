from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.finding_kind import FindingKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="Finding")


@_attrs_define
class Finding:
    """
    Attributes:
        kind (FindingKind):
        file (str):
        line (int): From 1; 0 means the file as a whole
        message (str):
        expected (str | Unset):
        found (str | Unset):
    """

    kind: FindingKind
    file: str
    line: int
    message: str
    expected: str | Unset = UNSET
    found: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        file = self.file

        line = self.line

        message = self.message

        expected = self.expected

        found = self.found

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "file": file,
                "line": line,
                "message": message,
            }
        )
        if expected is not UNSET:
            field_dict["expected"] = expected
        if found is not UNSET:
            field_dict["found"] = found

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = FindingKind(d.pop("kind"))

        file = d.pop("file")

        line = d.pop("line")

        message = d.pop("message")

        expected = d.pop("expected", UNSET)

        found = d.pop("found", UNSET)

        finding = cls(
            kind=kind,
            file=file,
            line=line,
            message=message,
            expected=expected,
            found=found,
        )

        finding.additional_properties = d
        return finding

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
