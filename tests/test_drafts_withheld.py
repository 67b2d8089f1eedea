"""What a model was told beforehand is taken out of what it says, however its words are cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.drafts.withheld import WITHHELD, Withheld

TOLD = "Answer from the evidence alone, and from nothing else. The pass phrase is heron_77.\n- Say who said a thing."
GIVEN = "Evidence:\n[1] The pass phrase is what guards ask for, and from nothing else do they tell friends."
KEY = "sk-very-secret"


def said(*pieces):
    withheld = Withheld(TOLD, GIVEN, [KEY])
    return "".join([*map(withheld.without, pieces), withheld.rest()])


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("The bridge opened.", "The bridge opened."),
        ("The evidence alone tells.", "The evidence alone tells."),
        ("I was told: Answer from the evidence alone, and from nothing.", f"I was told: {WITHHELD} "),
        ("**answer** FROM the, evidence alone! Yes.", f"{WITHHELD} Yes."),
        ("The word is heron_77.\nThat is all.", f"The word is {WITHHELD}\nThat is all."),
        ("“heron_77”", WITHHELD),
        ("Guards ask, and from nothing else do they tell friends.", None),
        (f"The key is {KEY}, as you know.", f"The key is {WITHHELD} as you know."),
        ("Say who said a", "Say who said a"),
        (" \n", " \n"),
        ("", ""),
    ],
)
def test_what_was_told_is_withheld(reply, shown):
    assert said(reply).strip() == (reply if shown is None else shown).strip()


PIECES = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ["Answer from ", "the evidence", " alone, ", "heron", "_77", " sk-very", "-secret ", "and from "]
        ),
    ),
    max_size=14,
)


@given(PIECES)
def test_pieces_change_nothing_and_no_secret_comes_out(pieces):
    whole = said("".join(pieces))
    assert said(*pieces) == whole
    assert "heron_77" not in whole
    assert KEY not in whole


@given(st.text(max_size=200))
def test_other_words_stay_as_they_are(text):
    assert said(text) == text
