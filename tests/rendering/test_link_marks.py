"""Links tell where they lead; what leads nowhere safe is plain text."""

import pytest

from conversations.rendering import blocks
from tests.rendering.reading import Page, read


def page(text: str) -> Page:
    return read(*blocks(text))


def test_a_link_opens_in_a_new_tab_and_is_followed_by_its_host():
    [link] = page("See [the rules](https://www.example.com/a?b=c&d=e#f).").all("a")
    assert link.attributes == {
        "href": "https://www.example.com/a?b=c&d=e#f",
        "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }
    assert page("See [the rules](https://www.example.com/a).").roots[0].text == "See the rules (www.example.com)."


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a",
        "<https://example.com>",
        "www.example.com",
        "[example.com](https://www.example.com/a)",
        "[**Example.com**/about](https://example.com)",
        "a@example.com",
    ],
)
def test_a_link_that_shows_its_host_is_not_followed_by_it(text):
    assert len(page(text).all("a")) == 1
    assert page(text).all("span") == []


@pytest.mark.parametrize(
    "text", ["example.com.evil.example", "notexample.com", "my example.com", "https://example.com@x"]
)
def test_a_link_that_shows_another_host_is_followed_by_its_own(text):
    [host] = page(f"[{text}](<https://example.com/>)").all("span")
    assert (host.attributes, host.text) == ({"class": "host"}, "(example.com)")


def test_foreign_letters_in_a_host_are_shown_and_visited_as_punycode():
    [link] = page("[paypal.example](https://pаypal.example/)").all("a")
    assert link.attributes["href"] == "https://xn--pypal-4ve.example/"
    assert page("[paypal.example](https://pаypal.example/)").all("span")[0].text == "(xn--pypal-4ve.example)"


def test_a_link_without_words_shows_its_host():
    assert page("[](https://example.com/a)").all("a")[0].text == "example.com"


def test_a_mail_link_loses_everything_but_the_address():
    [link] = page("[write](mailto:a@example.com?bcc=b@evil.example&body=x)").all("a")
    assert link.attributes["href"] == "mailto:a@example.com"


@pytest.mark.parametrize(
    "address", ["javascript:x", "data:text/html,x", "file:///x", "//example.com", "/a", "a", "#a", ""]
)
def test_an_address_that_is_not_of_the_web_leaves_plain_text(address):
    assert blocks(f"a [b](<{address}>) c") == ["<p>a b c</p>"]


def test_an_address_with_a_user_name_leaves_plain_text():
    assert blocks("[b](https://bank.example@evil.example/)") == ["<p>b</p>"]


def test_a_host_longer_than_any_real_one_leaves_plain_text():
    assert blocks(f"[b](https://{'a' * 2000}.example/c)") == ["<p>b</p>"]


def test_an_image_is_a_link_to_it():
    assert page("![A cat](https://example.com/cat.png)").roots[0].text == "A cat (example.com)"
    assert page("![](https://example.com/cat.png)").all("a")[0].text == "https://example.com/cat.png"
    assert blocks("![A cat](cat.png) ![](cat.png)") == ["<p>A cat Image</p>"]


def test_an_image_within_a_link_is_its_description():
    badge = page("[![build passing](https://a.example/b.svg)](https://b.example)")
    assert [link.attributes["href"] for link in badge.all("a")] == ["https://b.example"]
    assert badge.roots[0].text == "build passing (b.example)"
