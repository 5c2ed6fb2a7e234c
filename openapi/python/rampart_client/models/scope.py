from enum import StrEnum


class Scope(StrEnum):
    ADMIN = "admin"
    APPROVE = "approve"
    AUDIT = "audit"
    EVAL = "eval"
    EXECUTE = "execute"

    def __str__(self) -> str:
        return str(self.value)
