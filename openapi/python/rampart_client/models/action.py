from enum import StrEnum


class Action(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    LOG = "log"
    REQUIRE_APPROVAL = "require_approval"
    WEBHOOK = "webhook"

    def __str__(self) -> str:
        return str(self.value)
