from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="BulkResolveRequest")


@_attrs_define
class BulkResolveRequest:
    """
    Attributes:
        ids (list[str]):
        approved (bool):
        resolved_by (str | Unset): The name of the person who answers
        reason (str | Unset): Why not; the callers are told
        channel (str | Unset): cli, watch, http or chat
    """

    ids: list[str]
    approved: bool
    resolved_by: str | Unset = UNSET
    reason: str | Unset = UNSET
    channel: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        ids = self.ids

        approved = self.approved

        resolved_by = self.resolved_by

        reason = self.reason

        channel = self.channel

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ids": ids,
                "approved": approved,
            }
        )
        if resolved_by is not UNSET:
            field_dict["resolved_by"] = resolved_by
        if reason is not UNSET:
            field_dict["reason"] = reason
        if channel is not UNSET:
            field_dict["channel"] = channel

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        ids = cast(list[str], d.pop("ids"))

        approved = d.pop("approved")

        resolved_by = d.pop("resolved_by", UNSET)

        reason = d.pop("reason", UNSET)

        channel = d.pop("channel", UNSET)

        bulk_resolve_request = cls(
            ids=ids,
            approved=approved,
            resolved_by=resolved_by,
            reason=reason,
            channel=channel,
        )

        return bulk_resolve_request
