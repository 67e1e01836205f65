"""What the clients of every library ask in the same words."""

from pydantic import BaseModel

HELLO = [{"role": "user", "content": "hello"}]
LEAVE = [{"role": "user", "content": "How long is parental leave after a birth?"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
CALLED = {"type": "function", "function": {"name": "weather"}}
NAMED = {"type": "named", "parameters": {"name": "Employee handbook"}}  # the fixture `stored`


class Weather(BaseModel):
    city: str
    degrees: int
