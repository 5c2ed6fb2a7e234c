from langchain_core.tools import tool

from rampart.langchain import guard_tool


@tool
def shell(command: str) -> str:
    """Run a command."""
    return f"ran {command}"


guarded = guard_tool(shell, "exec")
print(guarded.invoke({"command": "cat ~/.ssh/id_rsa"}))
