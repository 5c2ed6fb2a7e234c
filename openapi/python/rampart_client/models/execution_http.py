from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ExecutionHttp")


@_attrs_define
class ExecutionHttp:
    """
    Attributes:
        status (int):
        content_type (str):
        url (str): Where the answer came from in the end
        redirects (int):
    """

    status: int
    content_type: str
    url: str
    redirects: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status

        content_type = self.content_type

        url = self.url

        redirects = self.redirects

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "content_type": content_type,
                "url": url,
                "redirects": redirects,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        status = d.pop("status")

        content_type = d.pop("content_type")

        url = d.pop("url")

        redirects = d.pop("redirects")

        execution_http = cls(
            status=status,
            content_type=content_type,
            url=url,
            redirects=redirects,
        )

        execution_http.additional_properties = d
        return execution_http

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
