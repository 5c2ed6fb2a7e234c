from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OwnRule")


@_attrs_define
class OwnRule:
    """
    Attributes:
        id (str):
        action (str): allow, block or except
        scope (str): always, session or run
        tool (None | str):
        generalisation (None | str): exact, flags, program, directory, host or tool
        text (str): What it is about, in words
        agent (None | str):
        session (None | str):
        run_id (None | str):
        principal (None | str): Of a session or run: whose calls it is for
        answers (None | str): The ask it answers: policy/rule, or default_action
        cwd (None | str): Where the call has to be made
        created_at (None | str):
        created_by (None | str):
        expires_at (None | str):
        calls_left (int | None):
        once (bool):
        source (str): user.yaml or memory
        denial (bool): A denied call that is denied again in its run
        in_force (bool): False when it ended, or what it answers was changed
    """

    id: str
    action: str
    scope: str
    tool: None | str
    generalisation: None | str
    text: str
    agent: None | str
    session: None | str
    run_id: None | str
    principal: None | str
    answers: None | str
    cwd: None | str
    created_at: None | str
    created_by: None | str
    expires_at: None | str
    calls_left: int | None
    once: bool
    source: str
    denial: bool
    in_force: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        action = self.action

        scope = self.scope

        tool: None | str
        tool = self.tool

        generalisation: None | str
        generalisation = self.generalisation

        text = self.text

        agent: None | str
        agent = self.agent

        session: None | str
        session = self.session

        run_id: None | str
        run_id = self.run_id

        principal: None | str
        principal = self.principal

        answers: None | str
        answers = self.answers

        cwd: None | str
        cwd = self.cwd

        created_at: None | str
        created_at = self.created_at

        created_by: None | str
        created_by = self.created_by

        expires_at: None | str
        expires_at = self.expires_at

        calls_left: int | None
        calls_left = self.calls_left

        once = self.once

        source = self.source

        denial = self.denial

        in_force = self.in_force

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "action": action,
                "scope": scope,
                "tool": tool,
                "generalisation": generalisation,
                "text": text,
                "agent": agent,
                "session": session,
                "run_id": run_id,
                "principal": principal,
                "answers": answers,
                "cwd": cwd,
                "created_at": created_at,
                "created_by": created_by,
                "expires_at": expires_at,
                "calls_left": calls_left,
                "once": once,
                "source": source,
                "denial": denial,
                "in_force": in_force,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id")

        action = d.pop("action")

        scope = d.pop("scope")

        def _parse_tool(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tool = _parse_tool(d.pop("tool"))

        def _parse_generalisation(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        generalisation = _parse_generalisation(d.pop("generalisation"))

        text = d.pop("text")

        def _parse_agent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        agent = _parse_agent(d.pop("agent"))

        def _parse_session(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        session = _parse_session(d.pop("session"))

        def _parse_run_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        run_id = _parse_run_id(d.pop("run_id"))

        def _parse_principal(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        principal = _parse_principal(d.pop("principal"))

        def _parse_answers(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        answers = _parse_answers(d.pop("answers"))

        def _parse_cwd(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cwd = _parse_cwd(d.pop("cwd"))

        def _parse_created_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        created_at = _parse_created_at(d.pop("created_at"))

        def _parse_created_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        created_by = _parse_created_by(d.pop("created_by"))

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_calls_left(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        calls_left = _parse_calls_left(d.pop("calls_left"))

        once = d.pop("once")

        source = d.pop("source")

        denial = d.pop("denial")

        in_force = d.pop("in_force")

        own_rule = cls(
            id=id,
            action=action,
            scope=scope,
            tool=tool,
            generalisation=generalisation,
            text=text,
            agent=agent,
            session=session,
            run_id=run_id,
            principal=principal,
            answers=answers,
            cwd=cwd,
            created_at=created_at,
            created_by=created_by,
            expires_at=expires_at,
            calls_left=calls_left,
            once=once,
            source=source,
            denial=denial,
            in_force=in_force,
        )

        own_rule.additional_properties = d
        return own_rule

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
