from enum import StrEnum


class PolicyLayer(StrEnum):
    BUILTIN = "builtin"
    MANAGED = "managed"
    PROJECT = "project"
    USER = "user"

    def __str__(self) -> str:
        return str(self.value)
