from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.list_nodes_response_200_nodes_item import (
        ListNodesResponse200NodesItem,
    )


T = TypeVar("T", bound="ListNodesResponse200")


@_attrs_define
class ListNodesResponse200:
    """
    Attributes:
        nodes (list[ListNodesResponse200NodesItem]):
    """

    nodes: list[ListNodesResponse200NodesItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        nodes = []
        for nodes_item_data in self.nodes:
            nodes_item = nodes_item_data.to_dict()
            nodes.append(nodes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nodes": nodes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.list_nodes_response_200_nodes_item import (
            ListNodesResponse200NodesItem,
        )

        d = dict(src_dict)
        nodes = []
        _nodes = d.pop("nodes")
        for nodes_item_data in _nodes:
            nodes_item = ListNodesResponse200NodesItem.from_dict(nodes_item_data)

            nodes.append(nodes_item)

        list_nodes_response_200 = cls(
            nodes=nodes,
        )

        list_nodes_response_200.additional_properties = d
        return list_nodes_response_200

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
