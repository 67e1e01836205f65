"""What was asked, read from the request: the parts that are text, and what is not as documented."""

from typing import Any

MOST = 1_000_000  # tokens


def text(content: Any) -> str:
    """The text of a message's `content`, a string or parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, dict))


def question(asked: dict[str, Any]) -> str:
    """The last thing that the user said."""
    said = [text(each.get("content")) for each in asked["messages"] if each["role"] == "user"]
    return said[-1].strip() if said else ""


def wrong(asked: Any) -> str | None:
    """The first parameter that is missing or not as documented."""
    if not isinstance(asked, dict):
        return "body"
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages:
        return "messages"
    if not all(isinstance(each, dict) and isinstance(each.get("role"), str) for each in messages):
        return "messages"
    if not isinstance(asked.get("stop") or [], str | list):
        return "stop"
    for name, most in (("n", 128), ("max_tokens", MOST), ("max_completion_tokens", MOST)):
        value = asked.get(name)
        if value is not None and (not isinstance(value, int) or not 1 <= value <= most):
            return name
    tools = asked.get("tools") or []
    if not isinstance(tools, list) or not all(_is_tool(each) for each in tools):
        return "tools"
    return None if isinstance(asked.get("response_format") or {}, dict) else "response_format"


def _is_tool(tool: Any) -> bool:
    function = tool.get("function") if isinstance(tool, dict) else None
    return isinstance(function, dict) and isinstance(function.get("name"), str) and bool(function["name"])
