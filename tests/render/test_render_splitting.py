"""What is too long for one message is cut where nothing is torn; addresses are links that every client takes."""

import html
import re

import pytest
from hostile_answers import ADDRESSES, BITS, LONG
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from newsqa.render.clean import safe_line, web_address
from newsqa.render.posts import pack, shorten, split, utf16_length

LIMITS = st.sampled_from([12, 40, 200, 3_000])


def escaped(text):
    """Return the size of a text whose every sign is written as an entity."""
    return utf16_length(html.escape(text))


@given(LONG, LIMITS)
def test_pieces_fit_and_tear_neither_markers_nor_characters(words, limit):
    text = safe_line(words)[:20_000]
    pieces = split(text, escaped, limit)
    assert all(0 < escaped(piece) <= limit for piece in pieces if text)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert [n for piece in pieces for n in re.findall(r"\[\d{1,4}\]", piece)] == re.findall(r"\[\d{1,4}\]", text)
    whole = list(iter_graphemes(text.replace(" ", "\n")))
    parts = [grapheme for piece in pieces for grapheme in iter_graphemes(piece.replace(" ", "\n"))]
    if max(map(escaped, whole), default=0) <= limit:
        assert [g for g in parts if g != "\n"] == [g for g in whole if g != "\n"]


@given(LONG, LIMITS)
def test_what_is_shortened_is_the_beginning_with_an_ellipsis(words, limit):
    text = safe_line(words)
    short = shorten(text, escaped, limit)
    assert escaped(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@given(st.lists(BITS, max_size=30), st.integers(1, 9))
def test_groups_keep_order_and_room(items, most):
    groups = pack(items, len, 20, most, taken=5)
    assert [item for group in groups for item in group] == items
    assert all(len(group) <= most and (sum(map(len, group)) <= 20 or len(group) == 1) for group in groups)


CUTS = [
    ("It closed. [1] Nobody was hurt. [2]", 20, ["It closed. [1]", "Nobody was hurt. [2]"]),
    ("It closed. [1] [2] Nobody was hurt.", 24, ["It closed. [1] [2]", "Nobody was hurt."]),
    ("Dr. Oake said nothing of it", 12, ["Dr. Oake", "said nothing", "of it"]),
    ("the long quay [12] is", 17, ["the long", "quay [12] is"]),
    ("quayquayquay[12]quay", 14, ["quayquayquay", "[12]quay"]),
    ("漢字。漢字漢字。漢", 8, ["漢字。漢字漢字。", "漢"]),
    ("e\u0301e\u0301e\u0301", 5, ["e\u0301e\u0301", "e\u0301"]),
    ("𝔘𝔘𝔘", 5, ["𝔘𝔘", "𝔘"]),
    ("a<<<b", 9, ["a<<", "<b"]),
    ("", 9, [""]),
]


@pytest.mark.parametrize(("text", "limit", "pieces"), CUTS)
def test_places_to_cut(text, limit, pieces):
    assert split(text, escaped, limit) == pieces


LINKS = dict(
    zip(
        ADDRESSES,
        (
            "https://courier.example/bridge",
            "https://courier.example/a%20b%7Cc%3Ed)e%20*f*_g_%5Bh%5D(i)%5C%60%40everyone",
            "http://courier.example:8080/x?a=1&b=%3C2%3E#%3C!channel%3E",
            "https://xn--bcher-kva.example/%C3%A4?q=%E6%BC%A2#100%25",
            "http://intranet/news",
            "https://[::1]:80/x",
            None,
            "https://courier.example/a#top",
            "https://courier.example/UP",
        ),
        strict=False,
    )
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_addresses_of_the_web_are_links_and_nothing_ends_them_early(address):
    assert web_address(address) == LINKS.get(address)
