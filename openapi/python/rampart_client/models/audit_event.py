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

from ..models.audit_event_kind import AuditEventKind
from ..models.audit_event_mode import AuditEventMode
from ..models.audit_event_via import AuditEventVia
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.audit_event_decision import AuditEventDecision


T = TypeVar("T", bound="AuditEvent")


@_attrs_define
class AuditEvent:
    """
    Attributes:
        schema (Literal['rampart.audit.v2']):
        id (str):
        seq (int):
        time (datetime.datetime):
        kind (AuditEventKind):
        agent (str):
        session (str):
        tool (str):
        request (Any): Redacted
        decision (AuditEventDecision):
        enforced (bool):
        mode (AuditEventMode):
        via (AuditEventVia):
        principal (str):
        prev_hash (str):
        hash_ (str):
        clock_time (datetime.datetime | Unset):
        run_id (str | Unset):
        tool_call_id (str | Unset):
        links (list[str] | Unset):
    """

    schema: Literal["rampart.audit.v2"]
    id: str
    seq: int
    time: datetime.datetime
    kind: AuditEventKind
    agent: str
    session: str
    tool: str
    request: Any
    decision: AuditEventDecision
    enforced: bool
    mode: AuditEventMode
    via: AuditEventVia
    principal: str
    prev_hash: str
    hash_: str
    clock_time: datetime.datetime | Unset = UNSET
    run_id: str | Unset = UNSET
    tool_call_id: str | Unset = UNSET
    links: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        schema = self.schema

        id = self.id

        seq = self.seq

        time = self.time.isoformat()

        kind = self.kind.value

        agent = self.agent

        session = self.session

        tool = self.tool

        request = self.request

        decision = self.decision.to_dict()

        enforced = self.enforced

        mode = self.mode.value

        via = self.via.value

        principal = self.principal

        prev_hash = self.prev_hash

        hash_ = self.hash_

        clock_time: str | Unset = UNSET
        if not isinstance(self.clock_time, Unset):
            clock_time = self.clock_time.isoformat()

        run_id = self.run_id

        tool_call_id = self.tool_call_id

        links: list[str] | Unset = UNSET
        if not isinstance(self.links, Unset):
            links = self.links

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "schema": schema,
                "id": id,
                "seq": seq,
                "time": time,
                "kind": kind,
                "agent": agent,
                "session": session,
                "tool": tool,
                "request": request,
                "decision": decision,
                "enforced": enforced,
                "mode": mode,
                "via": via,
                "principal": principal,
                "prev_hash": prev_hash,
                "hash": hash_,
            }
        )
        if clock_time is not UNSET:
            field_dict["clock_time"] = clock_time
        if run_id is not UNSET:
            field_dict["run_id"] = run_id
        if tool_call_id is not UNSET:
            field_dict["tool_call_id"] = tool_call_id
        if links is not UNSET:
            field_dict["links"] = links

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.audit_event_decision import AuditEventDecision

        d = dict(src_dict)
        schema = cast(Literal["rampart.audit.v2"], d.pop("schema"))
        if schema != "rampart.audit.v2":
            raise ValueError(
                f"schema must match const 'rampart.audit.v2', got '{schema}'"
            )

        id = d.pop("id")

        seq = d.pop("seq")

        time = datetime.datetime.fromisoformat(d.pop("time"))

        kind = AuditEventKind(d.pop("kind"))

        agent = d.pop("agent")

        session = d.pop("session")

        tool = d.pop("tool")

        request = d.pop("request")

        decision = AuditEventDecision.from_dict(d.pop("decision"))

        enforced = d.pop("enforced")

        mode = AuditEventMode(d.pop("mode"))

        via = AuditEventVia(d.pop("via"))

        principal = d.pop("principal")

        prev_hash = d.pop("prev_hash")

        hash_ = d.pop("hash")

        _clock_time = d.pop("clock_time", UNSET)
        clock_time: datetime.datetime | Unset
        if isinstance(_clock_time, Unset):
            clock_time = UNSET
        else:
            clock_time = datetime.datetime.fromisoformat(_clock_time)

        run_id = d.pop("run_id", UNSET)

        tool_call_id = d.pop("tool_call_id", UNSET)

        links = cast(list[str], d.pop("links", UNSET))

        audit_event = cls(
            schema=schema,
            id=id,
            seq=seq,
            time=time,
            kind=kind,
            agent=agent,
            session=session,
            tool=tool,
            request=request,
            decision=decision,
            enforced=enforced,
            mode=mode,
            via=via,
            principal=principal,
            prev_hash=prev_hash,
            hash_=hash_,
            clock_time=clock_time,
            run_id=run_id,
            tool_call_id=tool_call_id,
            links=links,
        )

        audit_event.additional_properties = d
        return audit_event

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
