from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="EnrollNodeResponse201")


@_attrs_define
class EnrollNodeResponse201:
    """
    Attributes:
        node (str):
        name (str):
        upstream_key (str): Ed25519, base64: by it the upstream signs its answers
    """

    node: str
    name: str
    upstream_key: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        node = self.node

        name = self.name

        upstream_key = self.upstream_key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "node": node,
                "name": name,
                "upstream_key": upstream_key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        node = d.pop("node")

        name = d.pop("name")

        upstream_key = d.pop("upstream_key")

        enroll_node_response_201 = cls(
            node=node,
            name=name,
            upstream_key=upstream_key,
        )

        enroll_node_response_201.additional_properties = d
        return enroll_node_response_201

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
