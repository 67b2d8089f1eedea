"""Shortenings: what may be left out of a quote, and that nothing else passes for one."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newsqa.text.words import wording
from newsqa.types import Article, Quote
from newsqa.verify.evidence import is_shortening


def shortens(sentence, text, before="", published=date(2031, 5, 2)):
    source = Article("a", f"{before} {text}".strip(), "a.md", published=published)
    return is_shortening(sentence, Quote(source, len(source.text) - len(text), len(source.text)))


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Halvia launched 70 missiles.", "Halvia launched 70 missiles and 145 drones."),
        ("Halvia launched 70 missiles and 145 drones.", "But Halvia launched 70 missiles and 145 drones."),
        ("Divers have found a crack.", "HATHERSK — Divers have found a crack."),
        ("Envoys of Halvia and Norr met in Lund.", "Envoys of Halvia and Norr met in Lund on 3 May 2031."),
        ("The mayor opened the bridge.", "The mayor opened the bridge on Thursday."),
        ("The mayor opened the bridge on 1 May 2031.", "The mayor opened the bridge on Thursday."),
        ("Ilva Tam opened the bridge.", "Ilva Tam, the mayor of Kell, opened the bridge."),
        ("Ilva Tam opened the bridge.", "Ilva Tam (right) opened the bridge."),
        ("The port was closed.", "The port was closed, which cost the town its ferry."),
    ],
)
def test_whole_pieces_may_be_left_out(sentence, quote):
    assert shortens(sentence, quote)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Tam signed the treaty.", "Tam never signed the treaty."),
        ("Tam signed the treaty.", "Tam allegedly signed the treaty."),
        ("Tam will sign the treaty.", "Tam will sign the treaty, if Norr does."),
        ("Tam will sign the treaty.", "Tam will sign the treaty unless Norr refuses."),
        ("The bridge is closed.", "The bridge is closed, the Herald said."),
        ("The bridge is closed.", "The bridge is closed, according to Tam."),
        ("The bridge cost 40 crowns.", "The bridge cost less than 40 crowns."),
        ("Smith was arrested.", "Smith's brother was arrested."),
        ("The mayor was arrested.", "The mayor of Kell's driver was arrested."),
        ("The king dies.", "In a novel by Tam, the king dies."),
        ("Tam and Aro agreed to meet.", "Tam, Bask and Aro agreed to meet."),
        ("Neither Tam left.", "Neither Tam nor Aro left."),
        ("The talks failed between Tam.", "The talks failed between Tam and Aro."),
        ("The mayor opened the bridge on 2 May 2031.", "The mayor opened the bridge on Thursday."),
        ("He did not eat.", "He did not eat and sleep."),
        ("A ban was lifted.", "A ban on knives was lifted."),
        ("Police found drugs.", "Police found no drugs."),
        ("Tam resigned.", "Tam said Aro resigned."),
    ],
)
def test_what_changes_the_meaning_may_not(sentence, quote):
    assert not shortens(sentence, quote)


@pytest.mark.parametrize(
    ("sentence", "before", "stands"),
    [
        ("Ilva Tam agreed to meet again.", "Ilva Tam came in.", True),
        ("Tam agreed to meet again.", "Ilva Tam came in.", True),
        ("Tam agreed to meet again.", "Tam and Aro came in.", False),
        ("Tam agreed to meet again.", "Tam came in. Aro went out.", False),
        ("Aro agreed to meet again.", "Ilva Tam came in.", False),
    ],
)
def test_a_name_takes_the_place_of_a_pronoun_where_no_other_stands_before_it(sentence, before, stands):
    assert shortens(sentence, "She agreed to meet again.", before) == stands


WORDS = st.sampled_from(
    (
        "harbour",
        "bridge",
        "mayor",
        "ferry",
        "storm",
        "council",
        "opened",
        "closed",
        "sank",
        "quickly",
        "by",
        "of",
        "in",
        "a",
    )
)
QUOTES = st.lists(WORDS, min_size=5, max_size=14).map(lambda found: f"The {' '.join(found)} ends.")
NEEDED = st.sampled_from(
    (
        "not",
        "never",
        "no",
        "allegedly",
        "might",
        "perhaps",
        "if",
        "unless",
        "fewer",
        "nearly",
        "claims",
        "denied",
        "without",
    )
)


@given(QUOTES)
def test_a_quote_is_its_own_shortening(quote):
    assert shortens(quote, quote)


@given(QUOTES, st.integers(0, 14), st.integers(0, 14))
def test_no_word_inside_may_be_left_out(quote, first, last):
    words = quote.rstrip(".").split()
    assume(first <= last < len(words))
    left = " ".join(words[:first] + words[last + 1 :]) + "."
    assert shortens(left, quote) == (wording(left).words == wording(quote).words)


@given(QUOTES, NEEDED, st.integers(0, 14))
def test_nothing_is_left_out_that_denies_hedges_or_bounds(quote, word, at):
    words = quote.split()
    held = " ".join([*words[:at], word, *words[at:]])
    assert not shortens(quote, held)


@given(QUOTES, WORDS, st.integers(0, 14))
def test_no_word_may_be_added(quote, word, at):
    words = quote.split()
    assert not shortens(" ".join([*words[:at], word, *words[at:]]), quote)


@given(QUOTES, st.permutations(range(5)))
def test_the_order_of_the_words_stays(quote, order):
    words = quote.rstrip(".").split()
    moved = " ".join([*(words[n] for n in order), *words[5:]])
    assert shortens(f"{moved}.", quote) == (wording(moved).words == wording(quote).words)


PIECES = st.sampled_from(
    ["not", "allegedly", "if Norr agrees", "Tam said", "in a film", "as Aro hoped", "less than ever"]
)


@given(QUOTES, PIECES, st.sampled_from([", {},", " ({})", " – {} –"]), st.integers(1, 6))
def test_no_piece_between_marks_is_left_out_that_matters(quote, piece, marks, at):
    words = quote.split()
    held = " ".join(words[:at]) + marks.format(piece) + " " + " ".join(words[at:])
    assert not shortens(quote, held)
