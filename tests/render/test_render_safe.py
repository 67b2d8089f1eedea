"""Nothing from outside can command a terminal or hide words, whatever it holds; the words themselves stay."""

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hostile_answers import ADDRESSES, LONG
from hypothesis import given
from hypothesis import strategies as st

from newsqa.render.clean import at_quote, safe, safe_line, web_address

ANYTHING = st.text(st.characters(), max_size=200) | st.text(
    "\x1b[]0;52c\x07\x9b\x9d\r\n\t\u202e\u200b\U000e0041\ud800ab", max_size=80
)


@given(ANYTHING)
def test_only_line_feeds_are_left_of_all_that_is_not_shown(text):
    for character in safe(text):
        assert character == "\n" or unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(character) not in {
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        }
        assert not 0xE0000 <= ord(character) < 0xE1000
        safe(text).encode()


@given(ANYTHING)
def test_safe_text_stays_as_it_is(text):
    assert safe(safe(text)) == safe(text)
    assert safe_line(safe_line(text)) == safe_line(text)


@given(ANYTHING)
def test_a_line_is_one_line(text):
    assert len(safe_line(text).splitlines()) <= 1


@given(
    st.text(
        st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0\ufffc"),
        max_size=100,
    )
)
def test_letters_numbers_and_signs_are_kept(text):
    assert safe(text) == text


def test_an_escape_is_shown_and_does_nothing():
    assert safe("a\x1b]0;owned\x07b\x9b2J") == "a␛]0;owned␇b\ufffd2J"


def test_line_ends_become_line_feeds():
    assert safe("a\r\nb\rc\u2028d\x0be") == "a\nb\nc\nd\ne"


def test_what_hides_or_turns_words_is_taken_out():
    assert safe_line("pay\u202etnirp\u202c me\u200b now\U000e0041\ufeff") == "paytnirp me now"


PAGE = "https://courier.example/bridge"
LONG_QUOTE = "The bridge at Sel, which carries 4,000 carts a day, was closed on Monday by the well-known engineer."


@pytest.mark.parametrize(
    ("address", "quote", "linked"),
    [
        (PAGE, "Nobody was hurt.", f"{PAGE}#:~:text=Nobody%20was%20hurt."),
        (PAGE, "“A by-pass, R&D: 50%”", f"{PAGE}#:~:text=A%20by%2Dpass%2C%20R%26D%3A%2050%25"),
        (
            PAGE,
            LONG_QUOTE,
            f"{PAGE}#:~:text=The%20bridge%20at%20Sel%2C%20which,Monday%20by%20the%20well%2Dknown%20engineer.",
        ),
        (PAGE, "It closed.\n\nNobody was hurt.", f"{PAGE}#:~:text=It%20closed.,Nobody%20was%20hurt."),
        (f"{PAGE}?a=1&b=2", "It closed.", f"{PAGE}?a=1&b=2#:~:text=It%20closed."),
        (f"{PAGE}#top", "It closed.", f"{PAGE}#top:~:text=It%20closed."),
        (f"{PAGE}#top:~:text=old,words", "It closed.", f"{PAGE}#top:~:text=It%20closed."),
        (f"{PAGE}#:~:text=old", "It closed.", f"{PAGE}#:~:text=It%20closed."),
        (PAGE, " \u200b\n“ ”", PAGE),
        (PAGE, "漢" * 400, PAGE),
    ],
)
def test_an_address_opens_a_page_at_the_quote(address, quote, linked):
    assert at_quote(address, quote) == linked


@given(st.sampled_from([a for a in map(web_address, ADDRESSES) if a]), LONG)
def test_no_quote_breaks_out_of_an_address(address, quote):
    linked = at_quote(address, quote)
    page, _, directive = linked.partition(":~:text=")
    if directive:
        assert len(linked) <= 2_000
        assert page.partition("#")[0] == address.partition("#")[0]
        assert re.fullmatch(r"[\w.~%]+(?:,[\w.~%]+)?", directive, re.ASCII)
        ends = [unquote(end) for end in directive.split(",")]
        assert all(end in safe_line(quote) for end in ends)
    else:
        assert linked == address
