from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.decision import Decision
    from ..models.execution_line_bytes import ExecutionLineBytes


T = TypeVar("T", bound="ExecutionLine")


@_attrs_define
class ExecutionLine:
    """
    Attributes:
        type_ (str): decision, then progress each second, then result or problem
        answer (Decision | Unset):
        elapsed_ms (int | Unset):
        bytes_ (ExecutionLineBytes | Unset): How much came so far, by output
        problem (Any | Unset):
    """

    type_: str
    answer: Decision | Unset = UNSET
    elapsed_ms: int | Unset = UNSET
    bytes_: ExecutionLineBytes | Unset = UNSET
    problem: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        answer: dict[str, Any] | Unset = UNSET
        if not isinstance(self.answer, Unset):
            answer = self.answer.to_dict()

        elapsed_ms = self.elapsed_ms

        bytes_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.bytes_, Unset):
            bytes_ = self.bytes_.to_dict()

        problem = self.problem

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
            }
        )
        if answer is not UNSET:
            field_dict["answer"] = answer
        if elapsed_ms is not UNSET:
            field_dict["elapsed_ms"] = elapsed_ms
        if bytes_ is not UNSET:
            field_dict["bytes"] = bytes_
        if problem is not UNSET:
            field_dict["problem"] = problem

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.decision import Decision
        from ..models.execution_line_bytes import ExecutionLineBytes

        d = dict(src_dict)
        type_ = d.pop("type")

        _answer = d.pop("answer", UNSET)
        answer: Decision | Unset
        if isinstance(_answer, Unset):
            answer = UNSET
        else:
            answer = Decision.from_dict(_answer)

        elapsed_ms = d.pop("elapsed_ms", UNSET)

        _bytes_ = d.pop("bytes", UNSET)
        bytes_: ExecutionLineBytes | Unset
        if isinstance(_bytes_, Unset):
            bytes_ = UNSET
        else:
            bytes_ = ExecutionLineBytes.from_dict(_bytes_)

        problem = d.pop("problem", UNSET)

        execution_line = cls(
            type_=type_,
            answer=answer,
            elapsed_ms=elapsed_ms,
            bytes_=bytes_,
            problem=problem,
        )

        execution_line.additional_properties = d
        return execution_line

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
