from pydantic_ai import Agent
from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
)
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.toolsets import FunctionToolset

from rampart.pydantic_ai import guard_toolset


def shell(command: str) -> str:
    """Run a command."""
    return f"ran {command}"


def answer(messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
    """Stands for a model, which would need the network."""
    if len(messages) == 1:
        wish = ToolCallPart("shell", {"command": "cat ~/.ssh/id_rsa"})
        return ModelResponse(parts=[wish])
    told = [part for part in messages[-1].parts if isinstance(part, ToolReturnPart)]
    return ModelResponse(parts=[TextPart(str(told[0].content))])


model = FunctionModel(answer)
tools = FunctionToolset[None]([shell])
agent = Agent(model, toolsets=[guard_toolset(tools, {"shell": "exec"})])
print(agent.run_sync("go").output)
