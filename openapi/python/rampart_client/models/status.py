from __future__ import annotations

import datetime
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

from ..models.status_failure import StatusFailure
from ..models.status_level import StatusLevel
from ..models.status_mode import StatusMode
from ..models.status_status import StatusStatus

if TYPE_CHECKING:
    from ..models.bundle_health import BundleHealth
    from ..models.notify_destination import NotifyDestination
    from ..models.policy_health import PolicyHealth
    from ..models.sink import Sink
    from ..models.status_audit import StatusAudit
    from ..models.status_flagged_sessions_item import StatusFlaggedSessionsItem


T = TypeVar("T", bound="Status")


@_attrs_define
class Status:
    """
    Attributes:
        status (StatusStatus):
        service (Literal['rampart']):
        version (str):
        mode (StatusMode):
        uptime_seconds (int):
        policy (PolicyHealth):
        bundle (BundleHealth | None): The policy bundle; null where none is followed
        level (StatusLevel):
        failure (StatusFailure):
        off_until (datetime.datetime | None):
        pending_approvals (int):
        flagged_sessions (list[StatusFlaggedSessionsItem]): Sessions that went on trying what a person had denied
        passed_unasked (int): Calls that passed while no server answered, told since this one started; a lower bound
        audit (StatusAudit):
        sinks (list[Sink]):
        notify (list[NotifyDestination]):
    """

    status: StatusStatus
    service: Literal["rampart"]
    version: str
    mode: StatusMode
    uptime_seconds: int
    policy: PolicyHealth
    bundle: BundleHealth | None
    level: StatusLevel
    failure: StatusFailure
    off_until: datetime.datetime | None
    pending_approvals: int
    flagged_sessions: list[StatusFlaggedSessionsItem]
    passed_unasked: int
    audit: StatusAudit
    sinks: list[Sink]
    notify: list[NotifyDestination]
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

        level = self.level.value

        failure = self.failure.value

        off_until: None | str
        if isinstance(self.off_until, datetime.datetime):
            off_until = self.off_until.isoformat()
        else:
            off_until = self.off_until

        pending_approvals = self.pending_approvals

        flagged_sessions = []
        for flagged_sessions_item_data in self.flagged_sessions:
            flagged_sessions_item = flagged_sessions_item_data.to_dict()
            flagged_sessions.append(flagged_sessions_item)

        passed_unasked = self.passed_unasked

        audit = self.audit.to_dict()

        sinks = []
        for sinks_item_data in self.sinks:
            sinks_item = sinks_item_data.to_dict()
            sinks.append(sinks_item)

        notify = []
        for notify_item_data in self.notify:
            notify_item = notify_item_data.to_dict()
            notify.append(notify_item)

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
                "level": level,
                "failure": failure,
                "off_until": off_until,
                "pending_approvals": pending_approvals,
                "flagged_sessions": flagged_sessions,
                "passed_unasked": passed_unasked,
                "audit": audit,
                "sinks": sinks,
                "notify": notify,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.bundle_health import BundleHealth
        from ..models.notify_destination import NotifyDestination
        from ..models.policy_health import PolicyHealth
        from ..models.sink import Sink
        from ..models.status_audit import StatusAudit
        from ..models.status_flagged_sessions_item import StatusFlaggedSessionsItem

        d = dict(src_dict)
        status = StatusStatus(d.pop("status"))

        service = cast(Literal["rampart"], d.pop("service"))
        if service != "rampart":
            raise ValueError(f"service must match const 'rampart', got '{service}'")

        version = d.pop("version")

        mode = StatusMode(d.pop("mode"))

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

        level = StatusLevel(d.pop("level"))

        failure = StatusFailure(d.pop("failure"))

        def _parse_off_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                off_until_type_0 = datetime.datetime.fromisoformat(data)

                return off_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        off_until = _parse_off_until(d.pop("off_until"))

        pending_approvals = d.pop("pending_approvals")

        flagged_sessions = []
        _flagged_sessions = d.pop("flagged_sessions")
        for flagged_sessions_item_data in _flagged_sessions:
            flagged_sessions_item = StatusFlaggedSessionsItem.from_dict(
                flagged_sessions_item_data
            )

            flagged_sessions.append(flagged_sessions_item)

        passed_unasked = d.pop("passed_unasked")

        audit = StatusAudit.from_dict(d.pop("audit"))

        sinks = []
        _sinks = d.pop("sinks")
        for sinks_item_data in _sinks:
            sinks_item = Sink.from_dict(sinks_item_data)

            sinks.append(sinks_item)

        notify = []
        _notify = d.pop("notify")
        for notify_item_data in _notify:
            notify_item = NotifyDestination.from_dict(notify_item_data)

            notify.append(notify_item)

        made = cls(
            status=status,
            service=service,
            version=version,
            mode=mode,
            uptime_seconds=uptime_seconds,
            policy=policy,
            bundle=bundle,
            level=level,
            failure=failure,
            off_until=off_until,
            pending_approvals=pending_approvals,
            flagged_sessions=flagged_sessions,
            passed_unasked=passed_unasked,
            audit=audit,
            sinks=sinks,
            notify=notify,
        )

        made.additional_properties = d
        return made

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
