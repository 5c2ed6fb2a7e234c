from enum import StrEnum


class AuditEventMode(StrEnum):
    DISABLED = "disabled"
    ENFORCE = "enforce"
    MONITOR = "monitor"

    def __str__(self) -> str:
        return str(self.value)
