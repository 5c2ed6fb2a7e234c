from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.given_up_bundle import GivenUpBundle


T = TypeVar("T", bound="BundleHealth")


@_attrs_define
class BundleHealth:
    """
    Attributes:
        name (None | str):
        version (int | None):
        digest (None | str):
        created (datetime.datetime | None): As it says itself
        activated_at (datetime.datetime | None):
        checked_at (datetime.datetime | None): When its source last answered
        last_error (None | str):
        refused (bool): What the source holds is not taken
        given_up (GivenUpBundle | None): The last one that was given up for its denials or asks
        waiting (int | None): A version that is not for this node yet
    """

    name: None | str
    version: int | None
    digest: None | str
    created: datetime.datetime | None
    activated_at: datetime.datetime | None
    checked_at: datetime.datetime | None
    last_error: None | str
    refused: bool
    given_up: GivenUpBundle | None
    waiting: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.given_up_bundle import GivenUpBundle

        name: None | str
        name = self.name

        version: int | None
        version = self.version

        digest: None | str
        digest = self.digest

        created: None | str
        if isinstance(self.created, datetime.datetime):
            created = self.created.isoformat()
        else:
            created = self.created

        activated_at: None | str
        if isinstance(self.activated_at, datetime.datetime):
            activated_at = self.activated_at.isoformat()
        else:
            activated_at = self.activated_at

        checked_at: None | str
        if isinstance(self.checked_at, datetime.datetime):
            checked_at = self.checked_at.isoformat()
        else:
            checked_at = self.checked_at

        last_error: None | str
        last_error = self.last_error

        refused = self.refused

        given_up: dict[str, Any] | None
        if isinstance(self.given_up, GivenUpBundle):
            given_up = self.given_up.to_dict()
        else:
            given_up = self.given_up

        waiting: int | None
        waiting = self.waiting

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "version": version,
                "digest": digest,
                "created": created,
                "activated_at": activated_at,
                "checked_at": checked_at,
                "last_error": last_error,
                "refused": refused,
                "given_up": given_up,
                "waiting": waiting,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.given_up_bundle import GivenUpBundle

        d = dict(src_dict)

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        def _parse_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        version = _parse_version(d.pop("version"))

        def _parse_digest(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        digest = _parse_digest(d.pop("digest"))

        def _parse_created(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                created_type_0 = datetime.datetime.fromisoformat(data)

                return created_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        created = _parse_created(d.pop("created"))

        def _parse_activated_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                activated_at_type_0 = datetime.datetime.fromisoformat(data)

                return activated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        activated_at = _parse_activated_at(d.pop("activated_at"))

        def _parse_checked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                checked_at_type_0 = datetime.datetime.fromisoformat(data)

                return checked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        checked_at = _parse_checked_at(d.pop("checked_at"))

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        refused = d.pop("refused")

        def _parse_given_up(data: object) -> GivenUpBundle | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                given_up_type_0 = GivenUpBundle.from_dict(data)

                return given_up_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GivenUpBundle | None, data)

        given_up = _parse_given_up(d.pop("given_up"))

        def _parse_waiting(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        waiting = _parse_waiting(d.pop("waiting"))

        bundle_health = cls(
            name=name,
            version=version,
            digest=digest,
            created=created,
            activated_at=activated_at,
            checked_at=checked_at,
            last_error=last_error,
            refused=refused,
            given_up=given_up,
            waiting=waiting,
        )

        bundle_health.additional_properties = d
        return bundle_health

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
