from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    Self,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Proof")


@_attrs_define
class Proof:
    """
    Attributes:
        schema (Literal['rampart.proof.v1']):
        event (str): The event's line
        index (int):
        size (int):
        hashes (list[str]): RFC 6962 audit path, base64
        checkpoint (str):
        public_key (str):
    """

    schema: Literal["rampart.proof.v1"]
    event: str
    index: int
    size: int
    hashes: list[str]
    checkpoint: str
    public_key: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        schema = self.schema

        event = self.event

        index = self.index

        size = self.size

        hashes = self.hashes

        checkpoint = self.checkpoint

        public_key = self.public_key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "schema": schema,
                "event": event,
                "index": index,
                "size": size,
                "hashes": hashes,
                "checkpoint": checkpoint,
                "public_key": public_key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        schema = cast(Literal["rampart.proof.v1"], d.pop("schema"))
        if schema != "rampart.proof.v1":
            raise ValueError(
                f"schema must match const 'rampart.proof.v1', got '{schema}'"
            )

        event = d.pop("event")

        index = d.pop("index")

        size = d.pop("size")

        hashes = cast(list[str], d.pop("hashes"))

        checkpoint = d.pop("checkpoint")

        public_key = d.pop("public_key")

        proof = cls(
            schema=schema,
            event=event,
            index=index,
            size=size,
            hashes=hashes,
            checkpoint=checkpoint,
            public_key=public_key,
        )

        proof.additional_properties = d
        return proof

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
