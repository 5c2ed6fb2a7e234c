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
    """

    status: HealthStatus
    service: Literal["rampart"]
    version: str
    mode: HealthMode
    uptime_seconds: int
    policy: PolicyHealth
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        service = self.service

        version = self.version

        mode = self.mode.value

        uptime_seconds = self.uptime_seconds

        policy = self.policy.to_dict()

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
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
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

        health = cls(
            status=status,
            service=service,
            version=version,
            mode=mode,
            uptime_seconds=uptime_seconds,
            policy=policy,
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
