"""A long conversation in a browser: it opens at its end, and what is loaded above does not move what is read."""

import json
import sqlite3
import uuid

from playwright.sync_api import expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_chat import ask, ended


def lengthen(server, address, times):
    """Put copies of the conversation's turn before it, as a hundred questions would have."""
    conversation = uuid.UUID(address.rstrip("/").rpartition("/")[2]).hex
    with sqlite3.connect(server.data / "chatapp.sqlite3", timeout=20) as rows:
        columns = [each[1] for each in rows.execute("PRAGMA table_info(conversations_message)")]
        first = dict(
            zip(
                columns,
                rows.execute(
                    "SELECT * FROM conversations_message WHERE conversation_id = ? AND role = 'user'", [conversation]
                ).fetchone(),
                strict=True,
            )
        )
        parent = None
        for at in range(times):
            for role in ("user", "assistant"):
                made = {
                    **first,
                    "id": uuid.uuid4().hex,
                    "parent_id": parent,
                    "role": role,
                    "client_id": None,
                    "text": f"{role} {at} " + "words " * 60,
                    "created": f"2020-01-01 00:{at // 60:02}:{at % 60:02}",
                }
                marks = ", ".join("?" * len(made))
                rows.execute(
                    f"INSERT INTO conversations_message ({', '.join(made)}) VALUES ({marks})", [*made.values()]
                )
                parent = made["id"]
        rows.execute("UPDATE conversations_message SET parent_id = ? WHERE id = ?", [parent, first["id"]])


def test_it_opens_at_its_end_and_earlier_messages_come_above(server, context):
    page = context().new_page()
    sign_in(page, server)
    ask(page, "hello")
    ended(page)
    lengthen(server, page.url, 60)
    page.reload()
    articles = page.locator("#transcript > article")
    expect(articles).to_have_count(40)
    expect(articles.last).to_be_in_viewport()
    page.locator("#scroller").evaluate("box => { box.scrollTop = 0; }")
    seen = articles.first
    top = json.dumps(seen.bounding_box()["y"])
    name = seen.get_attribute("id")
    page.get_by_role("link", name="Earlier messages").click()
    expect(articles).to_have_count(80)
    assert abs(page.locator(f"#{name}").bounding_box()["y"] - float(top)) < 40
    page.get_by_role("link", name="Earlier messages").click()
    expect(articles).to_have_count(120)
    page.get_by_role("link", name="Earlier messages").click()
    expect(articles).to_have_count(122)
    expect(page.get_by_role("link", name="Earlier messages")).to_have_count(0)
