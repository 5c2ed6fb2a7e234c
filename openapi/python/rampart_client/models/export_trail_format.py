from enum import StrEnum


class ExportTrailFormat(StrEnum):
    CEF = "cef"
    CSV = "csv"
    JSONL = "jsonl"
    OCSF = "ocsf"

    def __str__(self) -> str:
        return str(self.value)
