from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    Self,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.health_mode import HealthMode
from ..models.health_status import HealthStatus

if TYPE_CHECKING:
    from ..models.bundle_health import BundleHealth
    from ..models.policy_health import PolicyHealth


T = TypeVar("T", bound="Health")


@_attrs_define
class Health:
    """
    Attributes:
        status (HealthStatus):
        service (Literal['rampart']):
        version (str):
        mode (HealthMode):
        uptime_seconds (int):
        policy (PolicyHealth):
        bundle (BundleHealth | None): The policy bundle; null where none is followed
    """

    status: HealthStatus
    service: Literal["rampart"]
    version: str
    mode: HealthMode
    uptime_seconds: int
    policy: PolicyHealth
    bundle: BundleHealth | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bundle_health import BundleHealth

        status = self.status.value

        service = self.service

        version = self.version

        mode = self.mode.value

        uptime_seconds = self.uptime_seconds

        policy = self.policy.to_dict()

        bundle: dict[str, Any] | None
        if isinstance(self.bundle, BundleHealth):
            bundle = self.bundle.to_dict()
        else:
            bundle = self.bundle

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "service": service,
                "version": version,
                "mode": mode,
                "uptime_seconds": uptime_seconds,
                "policy": policy,
                "bundle": bundle,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.bundle_health import BundleHealth
        from ..models.policy_health import PolicyHealth

        d = dict(src_dict)
        status = HealthStatus(d.pop("status"))

        service = cast(Literal["rampart"], d.pop("service"))
        if service != "rampart":
            raise ValueError(f"service must match const 'rampart', got '{service}'")

        version = d.pop("version")

        mode = HealthMode(d.pop("mode"))

        uptime_seconds = d.pop("uptime_seconds")

        policy = PolicyHealth.from_dict(d.pop("policy"))

        def _parse_bundle(data: object) -> BundleHealth | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                bundle_type_0 = BundleHealth.from_dict(data)

                return bundle_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BundleHealth | None, data)

        bundle = _parse_bundle(d.pop("bundle"))

        health = cls(
            status=status,
            service=service,
            version=version,
            mode=mode,
            uptime_seconds=uptime_seconds,
            policy=policy,
            bundle=bundle,
        )

        health.additional_properties = d
        return health

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
