from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.action import Action
from ..models.effect_tool import EffectTool
from ..types import UNSET, Unset

T = TypeVar("T", bound="Effect")


@_attrs_define
class Effect:
    """
    Attributes:
        tool (EffectTool):
        by (str): The program, or the tool, that would do it
        path (str | Unset):
        url (str | Unset):
        action (Action | Unset):
        policy (None | str | Unset):
    """

    tool: EffectTool
    by: str
    path: str | Unset = UNSET
    url: str | Unset = UNSET
    action: Action | Unset = UNSET
    policy: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tool = self.tool.value

        by = self.by

        path = self.path

        url = self.url

        action: str | Unset = UNSET
        if not isinstance(self.action, Unset):
            action = self.action.value

        policy: None | str | Unset
        if isinstance(self.policy, Unset):
            policy = UNSET
        else:
            policy = self.policy

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tool": tool,
                "by": by,
            }
        )
        if path is not UNSET:
            field_dict["path"] = path
        if url is not UNSET:
            field_dict["url"] = url
        if action is not UNSET:
            field_dict["action"] = action
        if policy is not UNSET:
            field_dict["policy"] = policy

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        tool = EffectTool(d.pop("tool"))

        by = d.pop("by")

        path = d.pop("path", UNSET)

        url = d.pop("url", UNSET)

        _action = d.pop("action", UNSET)
        action: Action | Unset
        if isinstance(_action, Unset):
            action = UNSET
        else:
            action = Action(_action)

        def _parse_policy(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy = _parse_policy(d.pop("policy", UNSET))

        effect = cls(
            tool=tool,
            by=by,
            path=path,
            url=url,
            action=action,
            policy=policy,
        )

        effect.additional_properties = d
        return effect

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
