from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.execution_content import ExecutionContent
    from ..models.execution_http import ExecutionHttp
    from ..models.execution_stderr import ExecutionStderr
    from ..models.execution_stdout import ExecutionStdout


T = TypeVar("T", bound="Execution")


@_attrs_define
class Execution:
    """
    Attributes:
        audit_id (str): The event that says that it began
        state (str): One of exited, signalled, done, redirected, stopped, timed_out, cancelled, too_much_output,
            refused, failed
        duration_ms (int):
        withheld (bool): A rule about outputs objects to something: that is hidden
        message (str | Unset):
        exit_code (int | Unset):
        signal (str | Unset):
        stdout (ExecutionStdout | Unset):
        stderr (ExecutionStderr | Unset):
        content (ExecutionContent | Unset):
        http (ExecutionHttp | Unset):
        policy (None | str | Unset): Of that rule
        rule (None | str | Unset):
    """

    audit_id: str
    state: str
    duration_ms: int
    withheld: bool
    message: str | Unset = UNSET
    exit_code: int | Unset = UNSET
    signal: str | Unset = UNSET
    stdout: ExecutionStdout | Unset = UNSET
    stderr: ExecutionStderr | Unset = UNSET
    content: ExecutionContent | Unset = UNSET
    http: ExecutionHttp | Unset = UNSET
    policy: None | str | Unset = UNSET
    rule: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        audit_id = self.audit_id

        state = self.state

        duration_ms = self.duration_ms

        withheld = self.withheld

        message = self.message

        exit_code = self.exit_code

        signal = self.signal

        stdout: dict[str, Any] | Unset = UNSET
        if not isinstance(self.stdout, Unset):
            stdout = self.stdout.to_dict()

        stderr: dict[str, Any] | Unset = UNSET
        if not isinstance(self.stderr, Unset):
            stderr = self.stderr.to_dict()

        content: dict[str, Any] | Unset = UNSET
        if not isinstance(self.content, Unset):
            content = self.content.to_dict()

        http: dict[str, Any] | Unset = UNSET
        if not isinstance(self.http, Unset):
            http = self.http.to_dict()

        policy: None | str | Unset
        if isinstance(self.policy, Unset):
            policy = UNSET
        else:
            policy = self.policy

        rule: None | str | Unset
        if isinstance(self.rule, Unset):
            rule = UNSET
        else:
            rule = self.rule

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "audit_id": audit_id,
                "state": state,
                "duration_ms": duration_ms,
                "withheld": withheld,
            }
        )
        if message is not UNSET:
            field_dict["message"] = message
        if exit_code is not UNSET:
            field_dict["exit_code"] = exit_code
        if signal is not UNSET:
            field_dict["signal"] = signal
        if stdout is not UNSET:
            field_dict["stdout"] = stdout
        if stderr is not UNSET:
            field_dict["stderr"] = stderr
        if content is not UNSET:
            field_dict["content"] = content
        if http is not UNSET:
            field_dict["http"] = http
        if policy is not UNSET:
            field_dict["policy"] = policy
        if rule is not UNSET:
            field_dict["rule"] = rule

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.execution_content import ExecutionContent
        from ..models.execution_http import ExecutionHttp
        from ..models.execution_stderr import ExecutionStderr
        from ..models.execution_stdout import ExecutionStdout

        d = dict(src_dict)
        audit_id = d.pop("audit_id")

        state = d.pop("state")

        duration_ms = d.pop("duration_ms")

        withheld = d.pop("withheld")

        message = d.pop("message", UNSET)

        exit_code = d.pop("exit_code", UNSET)

        signal = d.pop("signal", UNSET)

        _stdout = d.pop("stdout", UNSET)
        stdout: ExecutionStdout | Unset
        if isinstance(_stdout, Unset):
            stdout = UNSET
        else:
            stdout = ExecutionStdout.from_dict(_stdout)

        _stderr = d.pop("stderr", UNSET)
        stderr: ExecutionStderr | Unset
        if isinstance(_stderr, Unset):
            stderr = UNSET
        else:
            stderr = ExecutionStderr.from_dict(_stderr)

        _content = d.pop("content", UNSET)
        content: ExecutionContent | Unset
        if isinstance(_content, Unset):
            content = UNSET
        else:
            content = ExecutionContent.from_dict(_content)

        _http = d.pop("http", UNSET)
        http: ExecutionHttp | Unset
        if isinstance(_http, Unset):
            http = UNSET
        else:
            http = ExecutionHttp.from_dict(_http)

        def _parse_policy(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy = _parse_policy(d.pop("policy", UNSET))

        def _parse_rule(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rule = _parse_rule(d.pop("rule", UNSET))

        execution = cls(
            audit_id=audit_id,
            state=state,
            duration_ms=duration_ms,
            withheld=withheld,
            message=message,
            exit_code=exit_code,
            signal=signal,
            stdout=stdout,
            stderr=stderr,
            content=content,
            http=http,
            policy=policy,
            rule=rule,
        )

        execution.additional_properties = d
        return execution

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
