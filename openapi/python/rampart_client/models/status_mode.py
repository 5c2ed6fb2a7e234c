from enum import StrEnum


class StatusMode(StrEnum):
    DISABLED = "disabled"
    ENFORCE = "enforce"
    MONITOR = "monitor"

    def __str__(self) -> str:
        return str(self.value)
