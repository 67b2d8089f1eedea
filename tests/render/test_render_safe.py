"""Nothing from outside can command a terminal or hide words, whatever it holds; the words themselves stay."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from newsqa.render.clean import safe, safe_line

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
