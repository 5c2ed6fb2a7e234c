from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PolicyFinding")


@_attrs_define
class PolicyFinding:
    """
    Attributes:
        file (str):
        line (int):
        col (int):
        severity (str): warning or advice
        code (str):
        message (str):
    """

    file: str
    line: int
    col: int
    severity: str
    code: str
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file = self.file

        line = self.line

        col = self.col

        severity = self.severity

        code = self.code

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "file": file,
                "line": line,
                "col": col,
                "severity": severity,
                "code": code,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        file = d.pop("file")

        line = d.pop("line")

        col = d.pop("col")

        severity = d.pop("severity")

        code = d.pop("code")

        message = d.pop("message")

        policy_finding = cls(
            file=file,
            line=line,
            col=col,
            severity=severity,
            code=code,
            message=message,
        )

        policy_finding.additional_properties = d
        return policy_finding

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
