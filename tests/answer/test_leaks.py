"""What a model was told beforehand is taken out of what it says, however it is spelled and cut into pieces."""

import base64
import codecs
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.answer.leaks import WITHHELD, LeakFilter

TOLD = "Answer from the evidence alone, and from nothing else. The pass phrase is heron_77.\n- Say who said a thing."
GIVEN = "Evidence:\n[1] The pass phrase is what guards ask for, and from nothing else do they tell friends."
KEY = "sk-very-secret"


def said(*pieces):
    withheld = LeakFilter(TOLD, GIVEN, [KEY])
    return "".join([*map(withheld.feed, pieces), withheld.flush()])


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


SECRET = "heron_77"
SPELLINGS = {
    "spaced out": "h e r o n _ 7 7",
    "a mark between": "h-e-r-o-n-_-7-7",
    "a line each": "\n".join(SECRET),
    "other case": "Heron_77 or HERON_77",
    "nothing seen between": "\u200b".join(SECRET),
    "soft hyphens": "\u00ad".join(SECRET),
    "wide letters": "".join(chr(ord(letter) + 0xFEE0) for letter in SECRET),
    "accents": "h\u0301eron_77",
    "letters that look alike": "her\u043en_77",
    "reversed": SECRET[::-1],
    "over two sentences": "It begins with heron_. 77 is how it ends.",
    "half of it": "It begins with he and ends with ron_77.",
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 of the sentence": base64.b64encode(f"The word is {SECRET}.".encode()).decode(),
    "base64, a letter further": base64.b64encode(f"x{SECRET}y".encode()).decode(),
    "base64, spaced out": " ".join(base64.b64encode(SECRET.encode()).decode()),
    "base32": base64.b32encode(SECRET.encode()).decode(),
    "hexadecimal": SECRET.encode().hex(),
    "hexadecimal, parted": SECRET.encode().hex(" "),
    "hexadecimal, in code": " ".join(f"0x{byte:02x}" for byte in SECRET.encode()),
    "escapes": "".join(f"\\x{byte:02x}" for byte in SECRET.encode()),
    "decimal": ", ".join(str(byte) for byte in SECRET.encode()),
    "binary": " ".join(f"{byte:08b}" for byte in SECRET.encode()),
    "percent signs": "".join(f"%{byte:02X}" for byte in SECRET.encode()),
    "some percent signs": "her%6Fn%5F77",
    "entities": "".join(f"&#{byte};" for byte in SECRET.encode()),
    "rot13": codecs.encode(SECRET, "rot13"),
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_is_known_in_every_spelling(spelled):
    shown = said(f"The bridge opened. {spelled} More follows.")
    assert shown.startswith("The bridge opened. ")
    assert shown.endswith("More follows.")
    assert WITHHELD in shown
    telling = {word for word in re.findall(r"\w+", spelled) if any(map(str.isdigit, word)) and len(word) > 3}
    assert not [word for word in telling if word in shown]


@pytest.mark.parametrize(
    "spelled",
    [
        " ".join("Answer from the evidence alone"),
        "Answerfromtheevidencealone",
        "answer_from_the_evidence_alone",
        "Answer from the evidence alone"[::-1],
        base64.b64encode(TOLD.encode()).decode(),
        TOLD.encode().hex(),
        "%20".join(TOLD.split()),
    ],
)
def test_so_are_the_instructions(spelled):
    assert said(f"It says {spelled} here.") == f"It says {WITHHELD} here."


def test_what_was_given_may_be_repeated_in_any_spelling():
    withheld = LeakFilter(TOLD, f"{GIVEN} The gate opens with HERON-77.", [KEY])
    reply = "It opens with heron_77, that is h e r o n 7 7."
    assert withheld.feed(reply) + withheld.flush() == reply


def test_a_key_is_hidden_even_if_it_was_given():
    withheld = LeakFilter(TOLD, f"{GIVEN} {KEY}", [KEY])
    assert KEY[3:] not in withheld.feed(f"It is {KEY} or {KEY.upper()} ") + withheld.flush()


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
