"""Which values of a sentence its evidence has, as a table of sentences; no altered one passes."""

import json
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.text.support import support_share
from newsqa.types import Article, Quote
from newsqa.verify.evidence import Fault, FaultCode
from newsqa.verify.values import SentenceEvidence, check_values
from places import DATA

TABLE = json.loads((DATA / "support.json").read_text("utf-8"))


def fault_of(sentence, *quotes, known=(), published=None, nearby=(), context=()):
    """Check a sentence against quotes of one article, whose text has `context` besides."""
    text, labels = "\n".join((*context, *quotes)), (*known, None, None, None)
    article = Article("a", text, "a.md", labels[0], labels[1], labels[2], published)
    ends = [len(text) - len("\n".join(quotes[n:])) for n in range(len(quotes))]
    cited = tuple(Quote(article, start, start + len(quote)) for start, quote in zip(ends, quotes, strict=True))
    return check_values(sentence, SentenceEvidence(cited, (*quotes, *nearby)))


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case["about"])
def test_values(case):
    fault = fault_of(case["sentence"], *case["quotes"], known=case.get("known", ()))
    if case["why"] is None:
        assert fault is None
    else:
        assert case["why"] in str(fault)


@pytest.mark.parametrize("code", get_args(FaultCode))
def test_every_fault_has_words_for_a_person(code):
    assert str(Fault(code, ("{0}", "two", "three")))


@given(st.text(max_size=400), st.lists(st.text(max_size=400), min_size=1, max_size=3))
def test_any_text_is_judged(sentence, quotes):
    fault_of(sentence, *quotes)
    assert 0.0 <= support_share(sentence, quotes) <= 1.0


@given(st.text(min_size=1, max_size=400))
def test_a_quote_has_its_own_values(text):
    assert fault_of(text, text) is None
    assert support_share(text, [text]) == 1.0


WORDS = st.sampled_from(["harbour", "bridge", "mayor", "ferry", "storm", "council", "opened", "closed"])
SENTENCES = st.lists(WORDS, min_size=4, max_size=12).map(lambda found: "the " + " ".join(found))


@given(SENTENCES, st.integers(2, 9_999), st.integers(2, 9_999))
def test_an_altered_number_never_passes(sentence, true, altered):
    fault = fault_of(f"{sentence} {altered} boats", f"{sentence} {true} boats")
    assert (fault is None) == (true == altered)


@given(SENTENCES, st.dates(date(2001, 1, 1), date(2040, 1, 1)), st.dates(date(2001, 1, 1), date(2040, 1, 1)))
def test_an_altered_day_never_passes(sentence, true, altered):
    fault = fault_of(f"{sentence} on {altered:%-d %B %Y}", f"{sentence} on {true:%-d %B %Y}")
    assert (fault is None) == (true == altered)


@given(SENTENCES, st.sampled_from(["Bask", "Orsk", "Venn Aro"]))
def test_an_altered_name_never_passes(sentence, name):
    assert fault_of(f"{name} said {sentence}", f"Ilva Tam said {sentence}")
    assert fault_of(f"{sentence} near {name}", f"{sentence} near Tam")


@given(st.lists(WORDS, min_size=2, max_size=8), st.lists(WORDS, min_size=2, max_size=8))
def test_altered_words_in_quotation_marks_never_pass(true, altered):
    fault = fault_of(f"Tam said “{' '.join(altered)}”.", f"“{' '.join(true)},” Tam said.")
    assert (fault is None) == (f" {' '.join(altered)} " in f" {' '.join(true)} ")


@pytest.mark.parametrize(
    ("sentence", "quote", "stands"),
    [
        ("Fox News reported a fire in Kell.", "CBS News reported a fire in Kell.", False),
        ("Orn Tam reported a fire in Kell.", "Ilva Tam reported a fire in Kell.", False),
        ("Mayor Tam reported a fire in Kell.", "Ilva Tam reported a fire in Kell.", True),
        ("Engineer Tam reported a fire in Kell.", "Ilva Tam reported a fire in Kell.", True),
        ("Ilva Tam reported a fire in Kell.", "Mayor Tam reported a fire in Kell.", True),
        ("Billionaire Ilva Tam reported a fire in Kell.", "Ilva Tam reported a fire in Kell.", True),
        ("The Tams reported a fire in Kell.", "Ilva Tam reported a fire in Kell.", True),
        ("Miller reported a fire in Kell.", "Tam reported a fire in Kell.", True),
        ("Miller said that Kell burns.", "Tam said that Kell burns.", False),
        ("Dockers said that Kell burns.", "Tam said that Kell burns.", True),
    ],
)
def test_a_name_that_opens_a_sentence_is_none_of_the_same_family(sentence, quote, stands):
    assert (fault_of(sentence, quote) is None) == stands


@pytest.mark.parametrize(
    ("sentence", "quote", "stands"),
    [
        ("The ferry was towed to Lund.", "It was towed to Kell.", False),
        ("Orn Bask, who rents the shed, found it.", "Ilva Tam, who rents the shed, was there.", False),
        ("A page in the Kell Post called for a strike.", "It took out an ad in The Kell Times calling for one.", False),
        ("Orn Bask said that the port is closed.", "“The port is closed in Kell,” she said.", True),
        ("The Kell summit ended.", "The Norr summit ended.", True),  # it may be both
        ("The ferry was towed to Lund.", "It was towed to port at Lund.", True),
        ("The ferry was towed to Lund from Kell.", "It was towed to Kell.", True),
        ("The ferry was sold in mid-June.", "It was sold in Kell.", True),
        ("Tam lost her job at NKL.", "Tam lost her job at Norr Kell Lund.", True),
        ("Orsk Bask of Kell said that it burns.", "Orn Bask of Kell said that it burns.", False),
    ],
)
def test_a_name_does_not_replace_one_of_the_quotes_beside_the_same_words(sentence, quote, stands):
    context = ("Orn Bask of Lund wrote a post to the Norr, Kell and Lund councils (NKL) in June.",)
    assert (fault_of(sentence, quote, nearby=("It was in June.",), context=context) is None) == stands


ARTICLE = (
    "Orn Bask, 39, leads the Kell Harbour Authority. Ferries were late. Boats sank. Fog fell. Rain fell. Tam left."
)


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("Orn Bask of the Kell Harbour Authority opened the bridge on 1 May 2031.", True),
        ("The KHA opened the bridge on Thursday.", True),
        ("The bridge was opened by Bask on 2 May 2031.", False),
        ("The bridge was opened in May 2031.", True),
        ("The bridge was opened in June 2031.", False),
        ("The bridge was opened by Ilva Tam.", False),
        ("A Halvian bridge was opened, the Kell Herald said.", True),
        ("Kell's Orn Bask opened the bridge in Halvia.", True),
    ],
)
def test_names_may_stand_anywhere_in_the_article_and_days_are_seen_from_its_own(sentence, stands):
    around = {"context": (ARTICLE,), "known": ["Kell Herald"], "published": date(2031, 5, 2)}
    fault = fault_of(sentence, "He opened the bridge in Halvia on Thursday.", **around)
    assert (fault is None) == stands


@pytest.mark.parametrize(
    ("sentence", "quote", "stands"),
    [
        ("Orn Bask called it a shame.", "“It is a shame,” Ilva Tam said.", False),
        ("According to Orn Bask, the port is closed.", "The port is closed, said Ilva Tam.", False),
        ("Ilva Tam called it a shame.", "“It is a shame,” Tam said.", True),
        ("Orn Bask called it a shame.", "“It is a shame,” he said.", True),
        ("Billionaire Ilva Tam called it a shame.", "“It is a shame,” Tam said.", True),
        ("Orsk Tam called it a shame.", "“It is a shame,” Tam said.", False),
        ("Orn Bask called it a shame.", "Ilva Tam and Orn Bask met. “It is a shame,” Tam said.", True),
    ],
)
def test_a_speaker_is_not_another_than_the_quotes_name(sentence, quote, stands):
    fault = fault_of(sentence, quote, context=("Orn Bask met Ilva Tam.",))
    assert (fault is None) == stands


@pytest.mark.parametrize(
    ("sentence", "quote", "nearby", "stands"),
    [
        # a year, a number or a weekday of the sentences around the quote does not take the place of the quote's own
        ("Bask was convicted in May 2030.", "Bask was convicted in May 2031.", "He was charged in 2030.", False),
        ("Bask was convicted in May 2031.", "Bask was convicted in May.", "He was charged in 2031.", True),
        ("Charged in 2030, he was convicted in 2031.", "He was convicted in 2031.", "He was charged in 2030.", True),
        ("Four towns were cut off.", "Three towns were cut off.", "Four towns were dry.", False),
        ("The ferry leaves on Thursday.", "The ferry leaves on Friday.", "It came on Thursday.", False),
        ("The ferry leaves on Thursday.", "The ferry leaves then.", "It came on Thursday.", True),
        # what prose says without counting
        ("The second half of the pier was closed.", "The pier was closed.", "", True),
        ("In the second quarter the port made a loss.", "In the third quarter the port made a loss.", "", False),
        ("The guide gave the pool a seven.", "The guide gave the pool seven out of ten.", "", True),
        ("The guide gave the pool a six.", "The guide gave the pool seven out of ten.", "", False),
        # numbers that are part of a name, and days that look like one
        ("Local 75 called the strike on.", "The union called the strike on.", "It is Local 75 of the dockers.", True),
        ("Local 57 called the strike on.", "The union called the strike on.", "It is Local 75 of the dockers.", False),
        ("The port opens on New Year’s Day.", "The port opens on 1 January.", "", True),
        ("The port opens on New Year’s Day.", "The port opens on 2 January.", "", False),
        # spans of time between what the quotes name
        ("He had been in office for some twenty months.", "He has been in office since September 2029.", "", True),
        ("He had been in office for some thirty months.", "He has been in office since September 2029.", "", False),
        ("The market is open for seven hours.", "The market is open from 2-9 p.m.", "", True),
        ("The market is open for eight hours.", "The market is open from 2-9 p.m.", "", False),
    ],
)  # fmt: skip
def test_what_is_near_the_quotes_adds_to_them_and_replaces_nothing(sentence, quote, nearby, stands):
    fault = fault_of(sentence, quote, nearby=(nearby,), context=(f"{nearby} {quote}",), published=date(2031, 5, 2))
    assert (fault is None) == stands
