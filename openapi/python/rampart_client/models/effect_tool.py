from enum import StrEnum


class EffectTool(StrEnum):
    DELETE = "delete"
    FETCH = "fetch"
    READ = "read"
    WRITE = "write"

    def __str__(self) -> str:
        return str(self.value)
