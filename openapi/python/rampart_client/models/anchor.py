from __future__ import annotations

import datetime
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

from ..types import UNSET, Unset

T = TypeVar("T", bound="Anchor")


@_attrs_define
class Anchor:
    """
    Attributes:
        schema (Literal['rampart.anchor.v1']):
        seq (int): The last event it covers
        hash_ (str):
        file (str):
        root (str):
        time (datetime.datetime):
        key_id (str):
        checkpoint (str): A C2SP checkpoint (signed note)
        signature (str):
        next_key (str | Unset):
        next_key_id (str | Unset):
        next_signature (str | Unset):
    """

    schema: Literal["rampart.anchor.v1"]
    seq: int
    hash_: str
    file: str
    root: str
    time: datetime.datetime
    key_id: str
    checkpoint: str
    signature: str
    next_key: str | Unset = UNSET
    next_key_id: str | Unset = UNSET
    next_signature: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        schema = self.schema

        seq = self.seq

        hash_ = self.hash_

        file = self.file

        root = self.root

        time = self.time.isoformat()

        key_id = self.key_id

        checkpoint = self.checkpoint

        signature = self.signature

        next_key = self.next_key

        next_key_id = self.next_key_id

        next_signature = self.next_signature

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "schema": schema,
                "seq": seq,
                "hash": hash_,
                "file": file,
                "root": root,
                "time": time,
                "key_id": key_id,
                "checkpoint": checkpoint,
                "signature": signature,
            }
        )
        if next_key is not UNSET:
            field_dict["next_key"] = next_key
        if next_key_id is not UNSET:
            field_dict["next_key_id"] = next_key_id
        if next_signature is not UNSET:
            field_dict["next_signature"] = next_signature

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        schema = cast(Literal["rampart.anchor.v1"], d.pop("schema"))
        if schema != "rampart.anchor.v1":
            raise ValueError(
                f"schema must match const 'rampart.anchor.v1', got '{schema}'"
            )

        seq = d.pop("seq")

        hash_ = d.pop("hash")

        file = d.pop("file")

        root = d.pop("root")

        time = datetime.datetime.fromisoformat(d.pop("time"))

        key_id = d.pop("key_id")

        checkpoint = d.pop("checkpoint")

        signature = d.pop("signature")

        next_key = d.pop("next_key", UNSET)

        next_key_id = d.pop("next_key_id", UNSET)

        next_signature = d.pop("next_signature", UNSET)

        anchor = cls(
            schema=schema,
            seq=seq,
            hash_=hash_,
            file=file,
            root=root,
            time=time,
            key_id=key_id,
            checkpoint=checkpoint,
            signature=signature,
            next_key=next_key,
            next_key_id=next_key_id,
            next_signature=next_signature,
        )

        anchor.additional_properties = d
        return anchor

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
