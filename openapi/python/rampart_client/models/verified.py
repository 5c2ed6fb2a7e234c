from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.finding import Finding
    from ..models.verified_anchors import VerifiedAnchors
    from ..models.verified_head import VerifiedHead


T = TypeVar("T", bound="Verified")


@_attrs_define
class Verified:
    """
    Attributes:
        events (int):
        head (VerifiedHead):
        findings (list[Finding]): Empty when the trail is what was written
        anchors (VerifiedAnchors):
        root (None | str): Merkle root over the lines of all events
        duration_ms (int):
    """

    events: int
    head: VerifiedHead
    findings: list[Finding]
    anchors: VerifiedAnchors
    root: None | str
    duration_ms: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        events = self.events

        head = self.head.to_dict()

        findings = []
        for findings_item_data in self.findings:
            findings_item = findings_item_data.to_dict()
            findings.append(findings_item)

        anchors = self.anchors.to_dict()

        root: None | str
        root = self.root

        duration_ms = self.duration_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "events": events,
                "head": head,
                "findings": findings,
                "anchors": anchors,
                "root": root,
                "duration_ms": duration_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.finding import Finding
        from ..models.verified_anchors import VerifiedAnchors
        from ..models.verified_head import VerifiedHead

        d = dict(src_dict)
        events = d.pop("events")

        head = VerifiedHead.from_dict(d.pop("head"))

        findings = []
        _findings = d.pop("findings")
        for findings_item_data in _findings:
            findings_item = Finding.from_dict(findings_item_data)

            findings.append(findings_item)

        anchors = VerifiedAnchors.from_dict(d.pop("anchors"))

        def _parse_root(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        root = _parse_root(d.pop("root"))

        duration_ms = d.pop("duration_ms")

        verified = cls(
            events=events,
            head=head,
            findings=findings,
            anchors=anchors,
            root=root,
            duration_ms=duration_ms,
        )

        verified.additional_properties = d
        return verified

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
