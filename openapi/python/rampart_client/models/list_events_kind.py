from enum import StrEnum


class ListEventsKind(StrEnum):
    ALERT = "alert"
    APPROVAL = "approval"
    AUTH_FAILURE = "auth_failure"
    DECISION = "decision"
    EXECUTION = "execution"
    FAIL_OPEN = "fail_open"
    KEY = "key"
    MODE = "mode"
    POLICY = "policy"
    RECOVERY = "recovery"
    RESPONSE = "response"
    RULE = "rule"
    START = "start"
    STOP = "stop"
    TOKEN = "token"

    def __str__(self) -> str:
        return str(self.value)
