from enum import StrEnum


class FindingKind(StrEnum):
    ANCHOR_FILE = "anchor_file"
    ANCHOR_HASH = "anchor_hash"
    ANCHOR_KEY = "anchor_key"
    ANCHOR_LINE = "anchor_line"
    ANCHOR_MISSING = "anchor_missing"
    ANCHOR_ORDER = "anchor_order"
    ANCHOR_ROOT = "anchor_root"
    ANCHOR_SIGNATURE = "anchor_signature"
    CANONICAL = "canonical"
    CUT = "cut"
    DUPLICATE_KEY = "duplicate_key"
    FILE = "file"
    GAP = "gap"
    GENESIS = "genesis"
    HASH = "hash"
    LINK = "link"
    MISSING_KEY = "missing_key"
    NOT_EVENT = "not_event"
    ORDER = "order"
    TIME = "time"
    TIME_BACK = "time_back"
    TOO_LONG = "too_long"
    UNKNOWN_KEY = "unknown_key"
    UNLISTED = "unlisted"
    UNTERMINATED = "unterminated"
    UTF8 = "utf8"
    VALUE = "value"

    def __str__(self) -> str:
        return str(self.value)
