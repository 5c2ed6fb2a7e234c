from enum import StrEnum


class SinkType(StrEnum):
    OTLP = "otlp"
    SYSLOG = "syslog"
    WEBHOOK = "webhook"

    def __str__(self) -> str:
        return str(self.value)
