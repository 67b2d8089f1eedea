"""Who does what to whom, who says it and what is denied: how a sentence is read, and what the check makes of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.polarity import signed
from newsqa.verify.support import check_support
from thoroughness import examples


def parts(text, verb):
    (clause,) = [clause for clause in clauses(text) if clause.verb == verb]
    return [{word for party in some for word in party.words} for some in (clause.doers, clause.done)]


@pytest.mark.parametrize(
    ("text", "verb", "doer", "done"),
    [
        ("The board asked the mayor to wait.", "asked", "board", "mayor"),
        ("The board asked the mayor to wait.", "wait", "mayor", None),
        ("The union was warned by Tam.", "warned", "tam", "union"),
        ("Tam, who runs the port, warned the union.", "warned", "tam", "union"),
        ("Tam, who runs the port, warned the union.", "runs", "tam", "port"),
        ("Asked by the mayor, the engineer replied that it was safe.", "asked", "mayor", "engineer"),
        ("The plan which the council proposed was dropped.", "proposed", "council", "plan"),
        ("Tam opened the bridge and closed the ferry.", "closed", "tam", "ferry"),
        ("Tam hopes to reopen the ferry.", "reopen", "tam", "ferry"),
        ("Police accused Bask of stealing the boat.", "stealing", "bask", "boat"),
        ("Ilva Tam, the mayor, opened the bridge.", "opened", "mayor", "bridge"),
    ],
)
def test_who_does_what_to_whom(text, verb, doer, done):
    doers, others = parts(text, verb)
    assert doer in doers
    assert done is None or done in others


@pytest.mark.parametrize(
    ("text", "word", "sign"),
    [
        ("The bridge did not open.", "open", -1),
        ("The bridge opened.", "opened", 1),
        ("No bridge was opened.", "opened", -1),
        ("Nobody opened the bridge.", "opened", -1),
        ("The crew failed to open the bridge.", "open", -1),
        ("The crew did not fail to open the bridge.", "open", 1),
        ("The talks ended without an agreement.", "agreement", -1),
        ("The passengers were unhurt.", "hurt", -1),
        ("The board has yet to approve the plan.", "approve", -1),
        ("The war cannot be won without ships.", "won", 0),
    ],
)
def test_what_is_denied(text, word, sign):
    assert sign in {one.sign for one in signed(text) if one.word == word}


ARTICLE = (
    "The port of Kell reopened. Ilva Tam, the mayor, praised the harbour crew. "
    "She said the quay would be ready by spring. Orn Bask, the engineer, stayed away."
)


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("The crew was praised by Tam.", ["Ilva Tam praised the crew."]),
        ("Kell received ships from Norr.", ["Norr sent ships to Kell."]),
        ("The crew won praise from Tam.", ["Tam praised the crew."]),
        ("The proposal of the Norrish was accepted.", ["They accepted what the Norrish proposed."]),
        ("According to Tam, the quay is safe.", ["“The quay is safe,” Tam said."]),
        (
            "Tam said the quay would be ready by spring.",
            ["Ilva Tam praised the crew.", "She said the quay would be ready by spring."],
        ),
        ("The bridge stayed shut, Tam said.", ["The bridge did not open, said Tam."]),
        ("It is not impossible to save the quay.", ["It is possible to save the quay."]),
        ("The crew were unhurt.", ["The crew was not hurt."]),
    ],
)
def test_other_words_for_the_same_stand(sentence, quotes):
    assert check_support(sentence, quotes).supported


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("The crew praised Tam.", ["Tam praised the crew."]),
        ("Tam was praised by Bask.", ["Bask was praised by Tam."]),
        ("Tam won praise from the crew.", ["Tam praised the crew."]),
        ("Bask, the envoy of Tam, met Venn.", ["Bask, Venn's envoy, met Tam."]),
        ("“The quay is safe,” said Orn Bask.", ["“The quay is safe,” said Tam.", "Orn Bask stayed away."]),
        ("Orn Bask, the mayor, met Ilva Tam, the engineer.", ["Orn Bask, the engineer, met Ilva Tam, the mayor."]),
        ("The bridge opened in spring.", ["The bridge did not open in spring."]),
        ("The crew refused to open the bridge.", ["The crew agreed to open the bridge."]),
        ("The talks in Kell ended with an agreement.", ["The talks in Kell ended without an agreement."]),
        ("The suit had merit, Tam said.", ["The suit is meritless, Tam said."]),
    ],
)  # fmt: skip
def test_parts_speakers_and_denials_that_were_changed_fall(sentence, quotes):
    assert not check_support(sentence, quotes).supported


def test_words_of_someone_called_only_she_are_not_given_to_another_of_the_same_article():
    quote = "She said the quay would be ready by spring."
    context = ("The port of Kell", ARTICLE)
    told = "said the quay would be ready by spring."
    longer = "Ilva Tam, the mayor, praised the harbour crew. " + quote
    assert check_support(f"Tam {told}", [longer], context=context).supported
    assert not check_support(f"Bask {told}", [quote, "Orn Bask, the engineer, stayed away."], context=context).supported


@settings(max_examples=examples(40), deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text):
    assert all(clause.verb for clause in clauses(text))
    assert {one.sign for one in signed(text)} <= {-1, 0, 1}
