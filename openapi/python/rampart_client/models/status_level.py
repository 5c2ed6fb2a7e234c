from enum import StrEnum


class StatusLevel(StrEnum):
    L0 = "L0"
    L1 = "L1"
    L2 = "L2"

    def __str__(self) -> str:
        return str(self.value)
