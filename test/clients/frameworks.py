"""The modules for agent frameworks, with the frameworks themselves and the models of their own test kits."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any

for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
    os.environ[name] = "false"
os.environ["OPENAI_AGENTS_DISABLE_TRACING"] = "1"

from typing import Annotated

import rampart.langchain
import rampart.openai_agents
import rampart.pydantic_ai
from agents import Agent, FunctionTool, Runner, function_tool
from agents.testing import ScriptedModel, assistant_message, function_call
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool, Tool, ToolException, tool
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.toolsets import FunctionToolset
from rampart.guard import Guard
from rampart.pydantic_ai import As, guard_toolset

from kit import HOME, main, person, raises

asks = Guard(home=HOME, agent="tester")
nowhere = Guard(url="http://127.0.0.1:1")
SECRET = "key sk-abcdefgh1 end"
HIDDEN = "key [hidden by Rampart] end"
made: list[str] = []


def run_command(command: str) -> str:
    """Run a command."""
    made.append(command)
    return SECRET if command == "cat key" else f"ran {command}"


async def run_later(command: str) -> str:
    """Run a command, later."""
    return run_command(command)


#: Makes a model ask for a tool and its arguments, and gives what the model was told of them.
Ask = Callable[[str, dict[str, Any]], str]


def holds(ask: Ask, scans: Ask, lost: Ask, prefix: str) -> None:
    """What each framework must do, sync or async."""
    made.clear()
    assert ask("run", {"command": "ls"}) == "ran ls" and made == ["ls"]
    told = ask("run", {"command": "rm -rf /srv"})
    assert told == "Denied by Rampart: Not that" and made == ["ls"], told
    with person(f"deploy {prefix}", True):
        assert ask("run", {"command": f"deploy {prefix}"}) == f"ran deploy {prefix}"
    with person(f"deploy {prefix} no", False):
        told = ask("run", {"command": f"deploy {prefix} no"})
    assert told.startswith("Denied by Rampart: A person looks") and "not on a Friday" in told, told
    assert made == ["ls", f"deploy {prefix}"]
    told = lost("run", {"command": "ls"})
    assert told.startswith("Rampart gave no decision") and len(made) == 2, told
    assert scans("run", {"command": "cat key"}) == HIDDEN
    assert scans("run", {"command": "ls"}) == "ran ls"


# --- LangChain ---------------------------------------------------------------------------------------------


def called(one: BaseTool, arguments: dict[str, Any], later: bool) -> ToolMessage:
    asked = {"name": one.name, "args": arguments, "id": "call-1", "type": "tool_call"}
    model = GenericFakeChatModel(messages=iter([AIMessage(content="", tool_calls=[asked])]))
    answer = model.invoke("go")
    assert isinstance(answer, AIMessage)
    call: Any = answer.tool_calls[0]
    message = asyncio.run(one.ainvoke(call)) if later else one.invoke(call)
    assert isinstance(message, ToolMessage) and message.tool_call_id == "call-1"
    return message


def langchain(one: BaseTool, later: bool) -> Ask:
    def ask(_name: str, arguments: dict[str, Any]) -> str:
        message = called(one, arguments, later)
        done = message.content in (HIDDEN, SECRET) or str(message.content).startswith("ran ")
        assert (message.status == "success") is done, message
        return str(message.content)

    return ask


def test_langchain_tools_ask_first() -> None:
    guard = rampart.langchain.guard_tool
    plain = StructuredTool.from_function(run_command, coroutine=run_later, name="run")
    for later in (False, True):
        holds(
            langchain(guard(plain, "exec", using=asks), later),
            langchain(guard(plain, "exec", using=asks, scan=True), later),
            langchain(guard(plain, "exec", using=nowhere), later),
            f"langchain {later}",
        )
    # The one that was given stays as it was.
    assert plain.invoke({"command": "rm -rf /srv"}) == "ran rm -rf /srv"


def test_langchain_tools_of_every_kind_are_judged_by_what_the_model_chose() -> None:
    guard = rampart.langchain.guard_tool

    @tool
    def shell(command: str, place: Annotated[object, InjectedToolArg], config: RunnableConfig, times: int = 1) -> str:
        """Run it."""
        return f"ran {command} {times} {config['metadata']['who']} {place is None}"

    class Own(BaseTool):
        name: str = "own"
        description: str = "Run it."

        def _run(self, command: str, run_manager: Any = None) -> str:
            assert run_manager is not None
            return f"ran {command}"

    one_word = Tool("word", lambda text: f"ran {text}", "Run it.")
    kinds: list[tuple[BaseTool, dict[str, Any]]] = [(shell, {}), (Own(), {}), (one_word, {"command": "tool_input"})]
    for made_of, names in kinds:
        guarded = guard(made_of, "exec", using=asks, **names)
        key = names.get("command", "command")
        more = {"place": None} if made_of is shell else {}
        config: Any = {"metadata": {"who": "me"}}
        shown = guarded.invoke({key: "ls", **more}, config)
        assert shown == ("ran ls 1 me True" if made_of is shell else "ran ls"), shown
        assert guarded.invoke({key: "rm -rf /srv", **more}, config) == "Denied by Rampart: Not that"
        later = asyncio.run(guarded.ainvoke({key: "rm -rf /srv", **more}, config))
        assert later == "Denied by Rampart: Not that"
        assert (guarded.name, guarded.args, guarded.description) == (made_of.name, made_of.args, made_of.description)

    @tool("mcp__files__move")
    def move(path: str, force: bool = False) -> str:
        """Move it."""
        return "ran it"

    moved = guard(move, using=asks)
    assert moved.invoke({"path": "/tmp/a"}) == "ran it"
    assert moved.invoke({"path": "/tmp/a", "force": True}) == "Denied by Rampart: Not by force"
    with raises(TypeError):
        guard(move, "exec", using=asks)


def test_langchain_tools_keep_their_own_errors() -> None:
    def fail(command: str) -> str:
        raise ToolException("its own")

    for handled, expected in ((True, "its own"), ("told so", "told so"), (lambda error: f"so {error}", "so its own")):
        one = StructuredTool.from_function(fail, name="run", description="Fail.", handle_tool_error=handled)
        guarded = rampart.langchain.guard_tool(one, "exec", using=asks)
        assert guarded.invoke({"command": "ls"}) == expected
        assert guarded.invoke({"command": "rm -rf /srv"}) == "Denied by Rampart: Not that"
    one = StructuredTool.from_function(fail, name="run", description="Fail.")
    with raises(ToolException):
        rampart.langchain.guard_tool(one, "exec", using=asks).invoke({"command": "ls"})


def test_langchain_artifacts_pass_beside_the_scanned_content() -> None:
    def both(command: str) -> tuple[str, object]:
        return SECRET, b"bytes"

    one = StructuredTool.from_function(both, name="run", description="Both.", response_format="content_and_artifact")
    message = called(rampart.langchain.guard_tool(one, "exec", using=asks, scan=True), {"command": "ls"}, False)
    assert (message.content, message.artifact) == (HIDDEN, b"bytes")


# --- OpenAI Agents SDK -------------------------------------------------------------------------------------


def openai(one: FunctionTool) -> Ask:
    def ask(name: str, arguments: Any) -> str:
        model = ScriptedModel([[function_call(name, arguments, call_id="call-1")], [assistant_message("done")]])
        agent = Agent(name="builder", model=model, tools=[one])
        asyncio.run(Runner.run(agent, "go"))
        items: Any = model.calls[1].input
        return str(next(item["output"] for item in items if item.get("type") == "function_call_output"))

    return ask


def test_openai_agents_tools_ask_first() -> None:
    guard = rampart.openai_agents.guard_tool
    for function in (run_command, run_later):
        plain = function_tool(function, name_override="run")
        holds(
            openai(guard(plain, "exec", using=asks)),
            openai(guard(plain, "exec", using=asks, scan=True)),
            openai(guard(plain, "exec", using=nowhere)),
            f"openai {function.__name__}",
        )
        assert not plain.tool_input_guardrails


def test_openai_agents_arguments_are_what_the_tool_would_get() -> None:
    def default(command: str = "rm -rf /srv") -> str:
        """Run it."""
        raise AssertionError("it was called")

    loose = function_tool(default, name_override="run", strict_mode=False)
    ask = openai(rampart.openai_agents.guard_tool(loose, "exec", using=asks))
    assert ask("run", {}) == "Denied by Rampart: Not that"
    plain = function_tool(run_command, name_override="run")
    ask = openai(rampart.openai_agents.guard_tool(plain, "exec", using=asks))
    made.clear()
    for arguments in ('{"command": "rm -rf /srv", "command": "ls"}', "[]", "no", '{"command": {"x": 1}}', "{}"):
        told = ask("run", arguments)  # type: ignore[arg-type]
        assert told.startswith("Rampart gave no decision"), told
    assert made == []
    with raises(TypeError):
        rampart.openai_agents.guard_tool(plain, "fetch", using=asks)


# --- Pydantic AI -------------------------------------------------------------------------------------------


def pydantic(toolset: Any) -> Ask:
    def ask(name: str, arguments: dict[str, Any]) -> str:
        seen: list[ToolReturnPart] = []

        def model(messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
            parts = [part for part in messages[-1].parts if isinstance(part, ToolReturnPart)]
            seen.extend(parts)
            return ModelResponse(parts=[TextPart("done") if parts else ToolCallPart(name, arguments)])

        agent = PydanticAgent(FunctionModel(model), toolsets=[toolset])
        agent.run_sync("go")
        assert len(seen) == 1, seen
        text = seen[0].content if isinstance(seen[0].content, str) else json.dumps(seen[0].content)
        done = text == HIDDEN or text.startswith("ran ")
        assert (seen[0].outcome == "success") is done, seen
        return text

    return ask


def test_pydantic_ai_tools_ask_first() -> None:
    for function in (run_command, run_later):
        plain: FunctionToolset[None] = FunctionToolset()
        plain.add_function(function, name="run")
        holds(
            pydantic(guard_toolset(plain, {"run": "exec"}, using=asks)),
            pydantic(guard_toolset(plain, {"run": "exec"}, using=asks, scan=True)),
            pydantic(guard_toolset(plain, {"run": "exec"}, using=nowhere)),
            f"pydantic {function.__name__}",
        )


def test_pydantic_ai_tools_that_nobody_names_are_judged_by_their_own_name() -> None:
    def move(path: str, force: bool = True) -> str:
        """Move it."""
        return "ran it"

    def copy(origin: str, target: str) -> str:
        """Copy it."""
        return "ran it"

    plain: FunctionToolset[None] = FunctionToolset()
    plain.add_function(move, name="mcp__files__move")
    plain.add_function(copy, name="copy")
    toolset = guard_toolset(plain, {"copy": As("write", names={"path": "target"})}, using=asks)
    ask = pydantic(toolset)
    # Its default counts, although the model did not say it.
    assert ask("mcp__files__move", {"path": "/tmp/a"}) == "Denied by Rampart: Not by force"
    assert ask("mcp__files__move", {"path": "/tmp/a", "force": False}) == "ran it"
    assert ask("copy", {"origin": "/secret/a", "target": "/tmp/b"}) == "ran it"
    assert ask("copy", {"origin": "/tmp/a", "target": "/secret/b"}) == "Denied by Rampart: Secrets stay"
    with raises(TypeError):
        pydantic(guard_toolset(plain, {"copy": "fetch"}, using=asks))("copy", {"origin": "a", "target": "b"})


if __name__ == "__main__":
    sys.exit(main(globals()))
