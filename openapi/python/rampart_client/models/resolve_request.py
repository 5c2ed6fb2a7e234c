from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="ResolveRequest")


@_attrs_define
class ResolveRequest:
    """
    Attributes:
        approved (bool):
        resolved_by (str | Unset): The name of the person who answers
        persist (bool | Unset):
        scope (Literal['once'] | Unset):
    """

    approved: bool
    resolved_by: str | Unset = UNSET
    persist: bool | Unset = UNSET
    scope: Literal["once"] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        approved = self.approved

        resolved_by = self.resolved_by

        persist = self.persist

        scope = self.scope

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "approved": approved,
            }
        )
        if resolved_by is not UNSET:
            field_dict["resolved_by"] = resolved_by
        if persist is not UNSET:
            field_dict["persist"] = persist
        if scope is not UNSET:
            field_dict["scope"] = scope

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        approved = d.pop("approved")

        resolved_by = d.pop("resolved_by", UNSET)

        persist = d.pop("persist", UNSET)

        scope = cast(Literal["once"] | Unset, d.pop("scope", UNSET))
        if scope != "once" and not isinstance(scope, Unset):
            raise ValueError(f"scope must match const 'once', got '{scope}'")

        resolve_request = cls(
            approved=approved,
            resolved_by=resolved_by,
            persist=persist,
            scope=scope,
        )

        return resolve_request
