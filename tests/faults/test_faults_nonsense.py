"""Nonsense for all that reads or shows text from outside: no exception comes of it, and nothing is shown that commands.

benchmarks/nonsense.py times 100 kB of each.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty_inputs import PARSERS, READERS, nasty_inputs, read_as

from thoroughness import at_length

pytestmark = pytest.mark.timeout(at_length(180, 600, 3600))
NASTY = nasty_inputs()
PIECES = st.lists(st.sampled_from([text[:300] for text in NASTY.values()]) | st.text(max_size=40), max_size=6)


@pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_a_nasty_input_breaks_no_parser(parse, text):
    parse(text)


@pytest.mark.parametrize("suffix", READERS.values(), ids=READERS)
def test_nasty_inputs_break_no_reader(suffix):
    for text in NASTY.values():
        read_as(suffix, text)


@pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS)
def test_pieces_of_them_break_no_parser(parse):
    @settings(max_examples=at_length(10, 200, 2000))
    @given(PIECES)
    def try_any(pieces):
        parse("".join(pieces))

    try_any()


@settings(max_examples=at_length(20, 300, 3000))
@given(PIECES, st.sampled_from(sorted(READERS.values())))
def test_pieces_of_them_break_no_reader(pieces, suffix):
    read_as(suffix, "".join(pieces))
