from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RuleRequest")


@_attrs_define
class RuleRequest:
    """
    Attributes:
        action (str): allow, block or except
        tool (str | Unset): exec unless said, read, write, fetch, …
        pattern (str | Unset): A command line, path, URL or host; of an MCP tool its parameters as JSON
        program (str | Unset): In the place of a pattern
        flags (list[str] | Unset):
        generalisation (str | Unset): exact, flags, program, directory, host, tool
        for_ (str | Unset): How long it holds, such as 2h
        once (bool | Unset): For one call
        project (str | Unset): Only for calls made at or below this directory
        cwd (str | Unset): Where the pattern is meant to be typed
        rule (str | Unset): Of except: policy/rule
        reason (str | Unset):
    """

    action: str
    tool: str | Unset = UNSET
    pattern: str | Unset = UNSET
    program: str | Unset = UNSET
    flags: list[str] | Unset = UNSET
    generalisation: str | Unset = UNSET
    for_: str | Unset = UNSET
    once: bool | Unset = UNSET
    project: str | Unset = UNSET
    cwd: str | Unset = UNSET
    rule: str | Unset = UNSET
    reason: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        action = self.action

        tool = self.tool

        pattern = self.pattern

        program = self.program

        flags: list[str] | Unset = UNSET
        if not isinstance(self.flags, Unset):
            flags = self.flags

        generalisation = self.generalisation

        for_ = self.for_

        once = self.once

        project = self.project

        cwd = self.cwd

        rule = self.rule

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "action": action,
            }
        )
        if tool is not UNSET:
            field_dict["tool"] = tool
        if pattern is not UNSET:
            field_dict["pattern"] = pattern
        if program is not UNSET:
            field_dict["program"] = program
        if flags is not UNSET:
            field_dict["flags"] = flags
        if generalisation is not UNSET:
            field_dict["generalisation"] = generalisation
        if for_ is not UNSET:
            field_dict["for"] = for_
        if once is not UNSET:
            field_dict["once"] = once
        if project is not UNSET:
            field_dict["project"] = project
        if cwd is not UNSET:
            field_dict["cwd"] = cwd
        if rule is not UNSET:
            field_dict["rule"] = rule
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        action = d.pop("action")

        tool = d.pop("tool", UNSET)

        pattern = d.pop("pattern", UNSET)

        program = d.pop("program", UNSET)

        flags = cast(list[str], d.pop("flags", UNSET))

        generalisation = d.pop("generalisation", UNSET)

        for_ = d.pop("for", UNSET)

        once = d.pop("once", UNSET)

        project = d.pop("project", UNSET)

        cwd = d.pop("cwd", UNSET)

        rule = d.pop("rule", UNSET)

        reason = d.pop("reason", UNSET)

        rule_request = cls(
            action=action,
            tool=tool,
            pattern=pattern,
            program=program,
            flags=flags,
            generalisation=generalisation,
            for_=for_,
            once=once,
            project=project,
            cwd=cwd,
            rule=rule,
            reason=reason,
        )

        return rule_request
