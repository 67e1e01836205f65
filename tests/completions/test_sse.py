"""Server-sent events: lines end at LF, CR LF and CR only, and cuts of the network change nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.completions import sse
from conversations.completions.sse import Event, Events, TooLarge

LINE_ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
# Everything but what ends a line; what str.splitlines would take for one is likely.
TEXT = st.text(
    st.one_of(
        st.sampled_from("\u2028\u2029\u0085\x0b\x0c\x1c\x1d\x1e \ufeff:"),
        st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]),
    ),
    max_size=20,
)


def read(pieces: list[bytes]) -> list[Event]:
    events = Events()
    return [event for piece in pieces for event in events.feed(piece)] + events.end()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({place % (len(data) + 1) for place in places})
    return [data[a:b] for a, b in zip([0, *at], [*at, len(data)], strict=True)]


@given(st.lists(st.lists(TEXT, min_size=1, max_size=3), max_size=5), st.data())
def test_events_survive_any_line_ends_and_any_cuts(written: list[list[str]], data: st.DataObject) -> None:
    stream = b""
    for lines in written:
        for line in lines:
            stream += b"data: " + line.encode() + data.draw(LINE_ENDS)
        # A lone CR, LF as a pair would be one CR LF: the blank line takes the end that the last line had.
        stream += b"\n" if not stream.endswith(b"\r") else b"\r"
    pieces = cut(stream, data.draw(st.lists(st.integers(0, 10_000), max_size=8)))
    assert [event.data for event in read(pieces)] == ["\n".join(lines) for lines in written]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=10))
def test_any_bytes_give_the_same_events_however_they_are_cut(data: bytes, places: list[int]) -> None:
    whole = read([data])
    assert read(cut(data, places)) == whole
    assert read([data[at : at + 1] for at in range(len(data))]) == whole


def test_crlf_cut_in_two_is_one_line_end() -> None:
    assert read([b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n"]) == [Event("a\nb")]


def test_event_after_a_lone_cr_does_not_wait_for_the_next_read() -> None:
    assert Events().feed(b"data: a\r\r") == [Event("a")]


def test_name_is_of_its_own_event_and_id_lasts() -> None:
    events = read([b"event: error\nid: 7\ndata: a\n\ndata: b\n\n"])
    assert events == [Event("a", "error", "7"), Event("b", "message", "7")]


def test_event_without_data_is_none_and_loses_its_name() -> None:
    assert read([b"event: ping\n\ndata: a\n\n"]) == [Event("a")]


def test_comments_and_unknown_fields_say_nothing() -> None:
    assert read([b": data: a\nretry: 5\ndatum: b\n data: c\n\n"]) == []


def test_only_one_space_after_the_colon_belongs_to_the_syntax() -> None:
    assert read([b"data:  a \n\n"]) == [Event(" a ")]


def test_invalid_bytes_become_replacement_characters() -> None:
    assert read([b"data: a\xffb\xe2\x82\n\n"]) == [Event("a\ufffdb\ufffd")]


def test_byte_order_mark_counts_at_the_start_only() -> None:
    assert read([b"\xef", b"\xbb\xbfdata: \xef\xbb\xbfa\n\n"]) == [Event("\ufeffa")]


def test_last_event_needs_no_blank_line() -> None:
    assert read([b"data: a\n\ndata: b"]) == [Event("a"), Event("b")]


@pytest.mark.parametrize("line_end", [b"", b"\ndata: ", b"\n" + b"data\n" * 50 + b"data: "])
def test_endless_event_is_given_up(line_end: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LARGEST", 1000)
    events = Events()
    assert events.feed(b"data: first\n\ndata: ") == [Event("first")]
    pieces = [b"x" * 100 + line_end] * 30
    with pytest.raises(TooLarge):
        list(map(events.feed, pieces))
