from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="EnrollNodeBody")


@_attrs_define
class EnrollNodeBody:
    """
    Attributes:
        code (str): From `rampart fleet code`
        name (str): What the machine calls itself; the code may say something else
        public_key (str): Ed25519: by it the node signs its requests
        trail_keys (list[str]): Ed25519: by them the node signs the anchors of its trail, old ones too
    """

    code: str
    name: str
    public_key: str
    trail_keys: list[str]

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        public_key = self.public_key

        trail_keys = self.trail_keys

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "name": name,
                "public_key": public_key,
                "trail_keys": trail_keys,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        public_key = d.pop("public_key")

        trail_keys = cast(list[str], d.pop("trail_keys"))

        enroll_node_body = cls(
            code=code,
            name=name,
            public_key=public_key,
            trail_keys=trail_keys,
        )

        return enroll_node_body
