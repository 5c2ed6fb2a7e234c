from enum import StrEnum


class ProblemCode(StrEnum):
    ALREADY_EXECUTED = "already_executed"
    APPROVAL_SETTLED = "approval_settled"
    AUDIT_UNAVAILABLE = "audit_unavailable"
    CONFIG_INVALID = "config_invalid"
    FORBIDDEN = "forbidden"
    HEADERS_TOO_LARGE = "headers_too_large"
    HOST_NOT_OURS = "host_not_ours"
    INTERNAL = "internal"
    MEDIA_TYPE_UNSUPPORTED = "media_type_unsupported"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_FOUND = "not_found"
    POLICY_INVALID = "policy_invalid"
    RATE_LIMITED = "rate_limited"
    REQUEST_INVALID = "request_invalid"
    RULE_REFUSED = "rule_refused"
    STATE_UNUSABLE = "state_unusable"
    STEP_UP_REQUIRED = "step_up_required"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    TRAIL_FORKED = "trail_forked"
    UNAUTHENTICATED = "unauthenticated"
    UNAVAILABLE = "unavailable"
    USAGE = "usage"

    def __str__(self) -> str:
        return str(self.value)
