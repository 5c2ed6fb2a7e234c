from enum import StrEnum


class AuditEventVia(StrEnum):
    CLI = "cli"
    DASHBOARD = "dashboard"
    HOOK = "hook"
    HTTP = "http"
    LOCAL = "local"
    MCP = "mcp"
    OPENCLAW = "openclaw"
    PRELOAD = "preload"
    SHIM = "shim"
    SOCKET = "socket"

    def __str__(self) -> str:
        return str(self.value)
