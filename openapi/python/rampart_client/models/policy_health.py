from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.fault import Fault


T = TypeVar("T", bound="PolicyHealth")


@_attrs_define
class PolicyHealth:
    """
    Attributes:
        hash_ (str):
        loaded_at (datetime.datetime):
        files (list[str]):
        policies (int):
        faults (list[Fault]):
    """

    hash_: str
    loaded_at: datetime.datetime
    files: list[str]
    policies: int
    faults: list[Fault]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        hash_ = self.hash_

        loaded_at = self.loaded_at.isoformat()

        files = self.files

        policies = self.policies

        faults = []
        for faults_item_data in self.faults:
            faults_item = faults_item_data.to_dict()
            faults.append(faults_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "hash": hash_,
                "loaded_at": loaded_at,
                "files": files,
                "policies": policies,
                "faults": faults,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.fault import Fault

        d = dict(src_dict)
        hash_ = d.pop("hash")

        loaded_at = datetime.datetime.fromisoformat(d.pop("loaded_at"))

        files = cast(list[str], d.pop("files"))

        policies = d.pop("policies")

        faults = []
        _faults = d.pop("faults")
        for faults_item_data in _faults:
            faults_item = Fault.from_dict(faults_item_data)

            faults.append(faults_item)

        policy_health = cls(
            hash_=hash_,
            loaded_at=loaded_at,
            files=files,
            policies=policies,
            faults=faults,
        )

        policy_health.additional_properties = d
        return policy_health

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
