import asyncio

from agents import Agent, Runner, function_tool
from agents.testing import ScriptedModel, assistant_message, function_call

from rampart.openai_agents import guard_tool


@function_tool
def shell(command: str) -> str:
    """Run a command."""
    return f"ran {command}"


# Stands for a model, which would need the network.
wish = function_call("shell", {"command": "cat ~/.ssh/id_rsa"}, call_id="1")
model = ScriptedModel([[wish], [assistant_message("done")]])
agent = Agent(name="builder", model=model, tools=[guard_tool(shell, "exec")])
result = asyncio.run(Runner.run(agent, "go"))
print(result.new_items[1].output)
