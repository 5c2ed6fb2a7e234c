from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="LogoutRequest")


@_attrs_define
class LogoutRequest:
    """
    Attributes:
        session (str | Unset): Its id, or all; absent, the one that asks
    """

    session: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        session = self.session

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if session is not UNSET:
            field_dict["session"] = session

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        session = d.pop("session", UNSET)

        logout_request = cls(
            session=session,
        )

        return logout_request
