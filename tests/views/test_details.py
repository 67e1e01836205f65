"""What the page shows of an answer beside its text: filters, tool calls, limits, refusals, tokens."""

import json

import pytest

from conversations.models import Attempt, Conversation, Message, State
from tests import factories
from tests.talk import Talk

LIMITS = {
    "x-ratelimit-remaining-requests": "57",
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-tokens": "118402",
    "x-ratelimit-reset-tokens": "12",
}


@pytest.fixture
def shown(browser, person, offline):
    """The page of an answer whose attempt has these facts."""

    def show(text="Hi.", state=State.COMPLETE, staff=False, **facts):
        turn = factories.make_turn(factories.make_conversation(person, deployment=offline), answer=text, state=state)
        Attempt.objects.filter(message=turn.answer).update(**facts)
        type(person).objects.filter(pk=person.pk).update(is_staff=staff)
        return browser.get(f"/c/{turn.answer.conversation_id}/").content.decode()

    return show


def test_what_filters_found_is_said_in_words_for_question_and_answer(shown):
    page = shown(
        prompt_filters={"0": {"jailbreak": {"filtered": False, "detected": True}}},
        filters={"violence": {"filtered": False, "severity": "low"}, "hate": {"filtered": False, "severity": "safe"}},
    )
    assert "<dt>Question</dt><dd><ul><li>Attempt to get around the rules: detected</li></ul>" in page
    assert "<dt>Answer</dt><dd><ul><li>Violence: low severity</li></ul>" in page


def test_filters_that_found_nothing_say_so_and_without_filters_nothing_is_said(shown):
    safe = {"hate": {"filtered": False, "severity": "safe"}}
    assert "<dt>Question</dt><dd>nothing found</dd>" in shown(prompt_filters={"0": safe})
    assert "Content filters" not in shown()


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"error": {"code": "x", "message": "y"}}, "Content filter: this filter could not run"),
        ({"hate": {"filtered": False, "error": {"code": "x"}}}, "Hate: this filter could not run"),
        ({"violence": {"filtered": True, "severity": "high"}}, "Violence: high severity, filtered out"),
        ({"custom_blocklists": [{"filtered": True, "id": "names"}]}, "Blocklists: names, filtered out"),
        (
            {
                "custom_blocklists": {
                    "filtered": True,
                    "details": [{"filtered": True, "id": "<b>"}, {"filtered": False}],
                }
            },
            "Blocklists: &lt;b&gt;, filtered out",
        ),
        (
            {"ungrounded_material": {"detected": True, "details": [{"completion_start_offset": n} for n in (0, 9)]}},
            "Not supported by the sources: detected, 2 passages",
        ),
        ({"brand_new": {"filtered": False, "detected": True}}, "Brand new: detected"),
    ],
)
def test_every_kind_of_result_has_its_words(shown, result, words):
    assert f"<li>{words}</li>" in shown(filters=result)


def test_protected_code_links_to_where_it_is_from(shown):
    citation = {"URL": "https://github.com/a/b", "license": "MIT"}
    page = shown(filters={"protected_material_code": {"detected": True, "citation": citation}})
    assert 'href="https://github.com/a/b" target="_blank" rel="noopener noreferrer nofollow">MIT</a>' in page
    assert '<span class="host">(github.com)</span>' in page


def test_a_citation_that_leads_nowhere_safe_is_no_link(shown):
    citation = {"URL": "javascript:alert(1)", "license": "<i>MIT"}
    page = shown(filters={"protected_material_code": {"detected": True, "citation": citation}})
    assert "javascript:" not in page
    assert "&lt;i&gt;MIT" in page


def test_odd_results_do_not_break_the_page(shown):
    odd = [None, 7, "x", [], [7], {"details": 7}, {"details": [7], "detected": True}, {"citation": 7, "detected": True}]
    results = {f"c{at}": each for at, each in enumerate(odd)}
    assert "Hi." in shown(filters=results, prompt_filters={"0": results, "1": 7})


def test_a_filtered_answer_names_the_categories_of_the_answer(shown):
    question = {"0": {"hate": {"filtered": True, "severity": "high"}}}
    answer = {"self_harm": {"filtered": True, "severity": "medium"}}
    facts = {"filters": answer, "prompt_filters": question, "finish_reason": "content_filter"}
    assert "A content filter ended this answer. Category: Self-harm." in shown("", State.FILTERED, **facts)
    refused = shown("", State.FILTERED, **facts, error="content_filter")
    assert "A content filter refused this question. Category: Hate." in refused


def test_a_refusal_is_marked(shown):
    assert "The model declined." in shown("I cannot.", refusal="I cannot.")
    assert "The model declined." not in shown("I cannot.")


def test_a_tool_call_is_folded_away_with_its_arguments(shown):
    call = {"id": "c", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"<b>"}'}}
    page = shown("Let me see.", tool_calls=[call], finish_reason="tool_calls")
    assert '<details class="call"><summary>Called get_weather</summary><div class="code">' in page
    assert "&lt;b&gt;" in page
    assert "This page has none" not in page


def test_an_answer_without_words_says_what_happened(shown):
    call = {"id": "c", "type": "function", "function": {"name": "", "arguments": ""}}
    page = shown("", tool_calls=[call])
    assert '<p class="call">Called a tool</p>' in page
    assert "The model asked for a tool instead of answering." in page
    assert "The answer is empty." in shown("")


def test_limits_are_for_staff(shown):
    staff = shown(rate_limits=LIMITS, staff=True)
    assert "<dt>Requests left</dt><dd>57 of 60</dd>" in staff
    assert "<dt>Tokens left</dt><dd>118,402, all again in 12 s</dd>" in staff
    assert "Requests left" not in shown(rate_limits=LIMITS)


def test_special_tokens_are_counted_over_all_attempts(shown):
    details = {"prompt_tokens_details": {"cached_tokens": 1024}, "completion_tokens_details": {"reasoning_tokens": 7}}
    assert "<dt>Of these</dt><dd>1,024 from the cache, 7 for thinking</dd>" in shown(usage=details)
    odd = {"prompt_tokens_details": [], "completion_tokens_details": {"reasoning_tokens": "7", "audio_tokens": True}}
    assert "Of these" not in shown(usage=odd)


async def test_a_structured_answer_streams_and_stays_a_block_of_code(person, signed_in, deployment, upstream):
    talk = Talk(person, signed_in)
    upstream.reply("Hello.")
    await talk.asked()
    wanted = {"response_format": {"type": "json_object"}}
    await Conversation.objects.aupdate(parameters=wanted)
    upstream.reply('{"days":', " 25}").pause(after=1)
    async with talk.tab() as tab:
        await talk.ask("How many days?")
        answer = await talk.writing("{")
        await tab.until("streaming", str(answer.pk))
        upstream.resume()
        await tab.until("complete", str(answer.pk))
        page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
        assert tab.words(answer.pk).endswith('{\n  "days": 25\n}\n')
        assert tab.html(answer.pk).split("<pre")[1] in page
    assert upstream.requests[-1].json["response_format"] == wanted["response_format"]
    raw = await talk.client.get(f"/c/{talk.pk}/m/{answer.pk}/text")
    assert raw.content.decode() == '{"days": 25}'


async def test_everything_that_came_is_recorded_and_exported(person, signed_in, deployment, upstream):
    talk = Talk(person, signed_in)
    upstream.reply("Hi", headers={"x-ratelimit-remaining-tokens": "9"})
    await talk.asked()
    attempt = await talk.attempt()
    assert attempt.rate_limits == {"x-ratelimit-remaining-tokens": "9"}
    await Attempt.objects.aupdate(refusal="No.", filters={"hate": {}}, prompt_filters={"0": {}}, tool_calls=[])
    exported = json.loads((await talk.client.get(f"/c/{talk.pk}/export.json")).content)
    said = exported["messages"][-1]["attempts"][0]
    assert (said["refusal"], said["filters"], said["prompt_filters"]) == ("No.", {"hate": {}}, {"0": {}})
    assert await Message.objects.acount() == 2
