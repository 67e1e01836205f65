"""What an answer cost is worked out when it ends, and shown in its details: never a zero for what nobody knows."""

from decimal import Decimal

from asgiref.sync import sync_to_async

from conversations.models import Company
from tests import factories

USED = b'data: {"choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":500}}\n\ndata: [DONE]\n\n'
SAID = b'data: {"choices":[{"index":0,"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\n'


async def details(talk, answer):
    page = (await talk.client.get(f"/c/{talk.pk}/m/{answer.pk}/")).content.decode()
    return page.partition('class="details"')[2].partition("</dl>")[0]


async def test_an_answer_is_charged_when_it_ends(talk, upstream, deployment):
    await sync_to_async(factories.make_price)(deployment, prompt="2", completion="10")
    await Company.objects.acreate(currency="EUR")
    upstream.raw(SAID, USED)
    answer = await talk.asked()
    assert (await talk.attempt()).cost == Decimal("0.007")
    assert "<dt>Cost</dt><dd>0.0070 EUR</dd>" in await details(talk, answer)


async def test_a_price_that_comes_later_changes_nothing(talk, upstream, deployment):
    upstream.raw(SAID, USED)
    answer = await talk.asked()
    await sync_to_async(factories.make_price)(deployment)
    shown = await details(talk, answer)
    assert (await talk.attempt()).cost is None
    assert "Tokens" in shown
    assert "Cost" not in shown


async def test_the_deployment_that_answered_is_the_one_that_is_paid(talk, upstream, deployment):
    second = await sync_to_async(factories.make_deployment)("second", address=deployment.endpoint)
    await sync_to_async(factories.make_price)(deployment, prompt="2000", completion="0")
    await sync_to_async(factories.make_price)(second, prompt="1000", completion="0")
    deployment.fallback = second
    await deployment.asave()
    upstream.fail(429, headers={"Retry-After": "60"}).raw(SAID, USED)
    await talk.asked()
    attempt = await talk.attempt()
    assert (attempt.deployment_id, attempt.cost) == (second.pk, Decimal(1))
