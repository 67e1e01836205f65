"""How a program asks: examples to copy, with this server's address and one's own deployments, and without a key."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conversations.models import Deployment, Feature
from conversations.rendering import blocks
from conversations.requests import PersonRequest
from conversations.views.present import labels

CURL = """\
curl {address}/v1/chat/completions \\
  -H "Authorization: Bearer $CHATAPP_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "Hello"}}]}}'
"""
PYTHON = """\
import os
from openai import OpenAI

client = OpenAI(
    base_url="{address}/v1",
    api_key=os.environ["CHATAPP_KEY"],
)
answer = client.chat.completions.create(
    model="{model}",
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(answer.choices[0].message.content)
"""
AZURE = """\
import os
from openai import AzureOpenAI

client = AzureOpenAI(
    azure_endpoint="{address}",
    api_key=os.environ["CHATAPP_KEY"],
    api_version="2024-10-21",
)
stream = client.chat.completions.create(
    model="{model}",
    messages=[{{"role": "user", "content": "Hello"}}],
    stream=True,
)
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
"""
JAVASCRIPT = """\
import OpenAI from "openai";

const client = new OpenAI({{
  baseURL: "{address}/v1",
  apiKey: process.env.CHATAPP_KEY,
}});
const answer = await client.chat.completions.create({{
  model: "{model}",
  messages: [{{ role: "user", content: "Hello" }}],
}});
console.log(answer.choices[0].message.content);
"""


@require_safe
@login_required
def calling(request: PersonRequest) -> HttpResponse:
    """`deployment` chooses whose name the examples have; the default one's otherwise."""
    if not request.user.may(Feature.Name.KEYS):
        raise Http404
    deployments = list(Deployment.objects.for_reader(request.user.reader()))
    chosen = next((each for each in deployments if each.name == request.GET.get("deployment")), None)
    chosen = chosen or next(iter(deployments), None)
    address = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    context = {
        "address": address,
        "deployments": deployments,
        "chosen": chosen,
        "examples": _examples(address, chosen.name) if chosen else [],
    }
    return render(request, "conversations/calling.html", context)


def _examples(address: str, model: str) -> list[dict[str, Any]]:
    words = labels()
    return [
        {
            "title": title,
            "html": "".join(blocks(f"```{language}\n{text.format(address=address, model=model)}```", words)),
        }
        for title, language, text in (
            ("curl", "sh", CURL),
            ("Python", "python", PYTHON),
            (_("Python, as for Azure OpenAI, streamed"), "python", AZURE),
            ("JavaScript", "javascript", JAVASCRIPT),
        )
    ]
