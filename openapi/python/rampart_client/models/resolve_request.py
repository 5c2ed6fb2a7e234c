from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ResolveRequest")


@_attrs_define
class ResolveRequest:
    """
    Attributes:
        approved (bool):
        resolved_by (str | Unset): The name of the person who answers
        persist (bool | Unset): true is scope always
        scope (str | Unset): once, session, run or always
        generalisation (str | Unset): How far what is kept reaches (exact)
        for_ (str | Unset): How long what is kept holds, such as 30m
        calls (int | Unset): For how many calls, the one that was asked about among them; of session and run
        reason (str | Unset): Why not; the caller is told
        channel (str | Unset): cli, watch, http or chat
    """

    approved: bool
    resolved_by: str | Unset = UNSET
    persist: bool | Unset = UNSET
    scope: str | Unset = UNSET
    generalisation: str | Unset = UNSET
    for_: str | Unset = UNSET
    calls: int | Unset = UNSET
    reason: str | Unset = UNSET
    channel: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        approved = self.approved

        resolved_by = self.resolved_by

        persist = self.persist

        scope = self.scope

        generalisation = self.generalisation

        for_ = self.for_

        calls = self.calls

        reason = self.reason

        channel = self.channel

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
        if generalisation is not UNSET:
            field_dict["generalisation"] = generalisation
        if for_ is not UNSET:
            field_dict["for"] = for_
        if calls is not UNSET:
            field_dict["calls"] = calls
        if reason is not UNSET:
            field_dict["reason"] = reason
        if channel is not UNSET:
            field_dict["channel"] = channel

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        approved = d.pop("approved")

        resolved_by = d.pop("resolved_by", UNSET)

        persist = d.pop("persist", UNSET)

        scope = d.pop("scope", UNSET)

        generalisation = d.pop("generalisation", UNSET)

        for_ = d.pop("for", UNSET)

        calls = d.pop("calls", UNSET)

        reason = d.pop("reason", UNSET)

        channel = d.pop("channel", UNSET)

        resolve_request = cls(
            approved=approved,
            resolved_by=resolved_by,
            persist=persist,
            scope=scope,
            generalisation=generalisation,
            for_=for_,
            calls=calls,
            reason=reason,
            channel=channel,
        )

        return resolve_request
