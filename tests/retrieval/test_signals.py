"""How sure retrieval is of a passage, by signals that mean the same in every store."""

import json
import random
import re

import pytest

from conversations.retrieval import signals
from conversations.retrieval.base import Hit
from conversations.retrieval.probes import probes
from conversations.retrieval.signals import WORDS, Calibration, Signals, calibrate

LEAVE = Hit("Employees have 25 days of annual leave. Unused days expire in March.", 3.0, title="Annual leave")
CAR = Hit("A company car may be used for private journeys.", 2.0, title="Cars")


def drawn(chance: random.Random, coverage: float, closeness: float) -> list[Signals]:
    return [Signals(chance.gauss(coverage, 0.15), chance.gauss(closeness, 0.15), True)]


def test_a_passage_that_answers_passes_and_another_does_not() -> None:
    good, bad = signals.of("How many days of annual leave do employees have?", [LEAVE, CAR])
    assert good.coverage > 0.9
    assert bad.coverage < 0.1
    assert WORDS.passes(good, 5)
    assert not WORDS.passes(bad, 1)


def test_a_title_counts_as_what_the_passage_says() -> None:
    [found] = signals.of("annual", [Hit("Twenty-five days.", 1.0, title="Annual leave")])
    assert found.coverage == 1


def test_the_stores_own_weights_are_used_where_it_knows_them() -> None:
    weights = dict.fromkeys(signals.asked("annual leave bonus"), 0.1) | {signals.asked("bonus")[0]: 9.8}
    [found] = signals.of("annual leave bonus", [LEAVE], weights)
    assert found.coverage == pytest.approx(0.02)


def test_cosines_count_only_if_every_passage_has_one() -> None:
    near = Hit("Twenty-five days.", 0.9, cosine=0.9)
    assert signals.of("leave", [near])[0] == Signals(0.0, 0.9, True)
    assert not any(each.vectors for each in signals.of("leave", [near, LEAVE]))


def test_stricter_settings_let_less_through() -> None:
    assert list(WORDS.thresholds) == sorted(WORDS.thresholds)


def test_a_calibration_refuses_the_share_of_answerable_questions_it_promises() -> None:
    chance = random.Random(1)
    good = [drawn(chance, 0.7, 0.8) for _ in range(2000)]
    bad = [drawn(chance, 0.3, 0.6) for _ in range(2000)]
    found = calibrate(good[:1000], bad[:1000])
    assert found is not None
    assert found.vectors
    refused = [sum(not found.passes(each[0], level) for each in good[1000:]) / 1000 for level in range(1, 6)]
    assert refused == pytest.approx([0.005, 0.01, 0.02, 0.05, 0.10], abs=0.02)
    assert sum(not found.passes(each[0], 3) for each in bad[1000:]) > 500


def test_another_embedder_gets_thresholds_of_its_own() -> None:
    """Its cosines lie close together and high, and a calibration of other cosines would let everything through."""
    chance = random.Random(2)
    good = [drawn(chance, 0.7, 0.8)[0]._replace(closeness=chance.gauss(0.85, 0.01)) for _ in range(500)]
    bad = [drawn(chance, 0.3, 0.6)[0]._replace(closeness=chance.gauss(0.80, 0.01)) for _ in range(500)]
    found = calibrate([[each] for each in good], [[each] for each in bad])
    assert found is not None
    assert sum(found.passes(each, 3) for each in bad) < 150
    assert sum(signals.VECTORS.passes(each, 3) for each in bad) == 500


def test_points_that_one_line_parts_have_a_calibration() -> None:
    found = calibrate([[Signals(1.0, 1.0)]] * 50, [[Signals(0.0, 0.0)]] * 50)
    assert found is not None
    assert found.passes(Signals(1.0, 1.0), 5)
    assert not found.passes(Signals(0.0, 0.0), 1)


def test_too_little_to_learn_from_is_no_calibration() -> None:
    assert calibrate([[Signals(1, 1)]] * 5, [[Signals(0, 0)]] * 5) is None
    assert calibrate([], []) is None


def test_a_calibration_is_kept_as_json() -> None:
    assert Calibration.read(json.loads(json.dumps(WORDS.plain()))) == WORDS


def test_probes_are_questions_that_their_passage_answers_in_part() -> None:
    texts = [f"{LEAVE.content} Section {at} speaks of topic{at} and matter{at}." for at in range(30)]
    found = probes(texts, 100)
    assert found == probes(texts, 100)
    shares = [signals.of(each.text, [Hit(texts[each.home], 0.0)])[0].coverage for each in found]
    assert 0.5 < sum(shares) / len(shares) < 1
    for each in found:
        assert each.meaning in " ".join(re.findall(r"\w+", texts[each.home]))  # its own words, one after the other
    assert probes([]) == []
    assert probes(["…"]) == []
