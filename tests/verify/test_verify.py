"""Every draft is checked: quotes are spans of stored articles, sentences are carried by their quotes."""

import subprocess
import sys
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole_drafts import read_draft

from newsqa.text.sentences import compose_text, sentence_spans
from newsqa.types import Article, DraftSentence, Dropped, Duplicate, Hit, Passage, Quote, Sentence, Usage
from newsqa.verify.evidence import Fault
from newsqa.verify.judge import JudgeQueue
from newsqa.verify.verifier import Verifier, verify

STRIKE = (
    "Halvia struck the port of Kell at night. The mayor, Ilva Tam, said 12 people were killed and 90 hurt. "
    "“We will not give in,” she said.\n\n"
    "Halvia launched 70 missiles and 145 drones. Aid came from Norr [1], the Kell Herald wrote."
)
TALKS = "Envoys of Halvia and Norr met in Lund on 3 May 2031. They agreed to meet again.\n\nThe talks [2] took all day."


def article(name: str, text: str, **known) -> Article:
    return Article(id=name, text=text, path=f"{name}.md", title=name.title(), **known)


def hit(of: Article, start: int = 0, end: int | None = None, **known) -> Hit:
    end = len(of.text) if end is None else end
    return Hit(Passage(1, of.id, start, end, of.text[start:end]), of, 1.0, **known)


STRIKE_ARTICLE = article(
    "strike", STRIKE, outlet="Kell Herald", published=date(2031, 5, 2), url="https://example.org/1"
)
EVIDENCE = [
    hit(STRIKE_ARTICLE, also_carried_by=(Duplicate("copy", "Orsk Post"),)),
    hit(article("talks", TALKS, outlet="Norr Times")),
]


def written(text: str) -> tuple[DraftSentence, ...]:
    return read_draft(text, EVIDENCE)


def quoted(text: str, source: Article = STRIKE_ARTICLE, said: str | None = None) -> DraftSentence:
    start = source.text.index(text)
    return DraftSentence(said or text, (Quote(source, start, start + len(text)),))


def credulous() -> JudgeQueue:
    """Return a judge that says yes to everything, so that only the values decide."""
    return JudgeQueue(lambda questions, _: ([None] * len(questions), Usage()), time.monotonic() + 30)


def check(*claims: DraftSentence, evidence=EVIDENCE):
    verifier = Verifier(evidence, credulous())
    for claim in claims:
        verifier.add(claim)
    verifier.finish()
    return verifier.result()


def test_a_written_answer_is_cited_by_whole_sentences():
    checked = check(*written("Halvia launched 70 missiles at Kell [1]. Envoys met in Lund. [2]"))
    assert (
        compose_text("answer", checked.sentences, checked.citations)
        == "Halvia launched 70 missiles at Kell. [1] [2] Envoys met in Lund. [3]"
    )
    assert [c.article_id for c in checked.citations] == ["strike", "strike", "talks"]


def test_a_citation_is_told_from_the_library():
    citation = check(quoted("Halvia launched 70 missiles and 145 drones.")).citations[0]
    assert citation.n == 1
    assert (citation.title, citation.outlet, citation.published) == ("Strike", "Kell Herald", date(2031, 5, 2))
    assert (citation.url, citation.path) == ("https://example.org/1", "strike.md")
    assert citation.quote == STRIKE[citation.start : citation.end] == "Halvia launched 70 missiles and 145 drones."
    assert citation.also_carried_by == (Duplicate("copy", "Orsk Post"),)


def test_what_a_quote_says_of_its_article_is_not_believed():
    forged = Article("strike", "Halvia won the cup.", "forged.md", title="Forged")
    checked = check(DraftSentence("Halvia struck the port of Kell at night.", (Quote(forged, 0, 19),)))
    assert [c.title for c in checked.citations] == ["Strike"]
    assert checked.citations[0].quote == "Halvia struck the port of Kell at night."


def test_part_of_a_sentence_is_widened_to_all_of_it():
    checked = check(quoted("70 missiles", said="Halvia launched 70 missiles."))
    assert checked.citations[0].quote == "Halvia launched 70 missiles and 145 drones."


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-5, 4), (5, 2), (0, 100_000)])
def test_a_quote_outside_its_article_is_none(start, end):
    checked = check(DraftSentence("Halvia won the cup.", (Quote(STRIKE_ARTICLE, start, end),)))
    assert [d.why for d in checked.dropped] == [str(Fault("no_quote"))]


def test_an_article_that_is_not_at_hand_proves_nothing():
    elsewhere = article("elsewhere", "Halvia left the port.")
    checked = verify([quoted("Halvia left the port.", elsewhere)], EVIDENCE)
    assert not checked.sentences
    assert not checked.citations
    assert "elsewhere" not in {one.article_id for one in check(quoted("Halvia left the port.", elsewhere)).citations}
    checked = verify([quoted("Ilva Bask left.", article("elsewhere", "Ilva Bask left."))], EVIDENCE)
    assert checked.dropped[0].why == str(Fault("no_quote"))


def test_citations_are_numbered_by_first_use_and_each_quote_once():
    checked = check(
        quoted("Envoys of Halvia and Norr met in Lund on 3 May 2031.", EVIDENCE[1].article),
        quoted("Halvia launched 70 missiles and 145 drones."),
        quoted("Halvia launched 70 missiles and 145 drones.", said="Halvia launched 145 drones."),
    )
    assert [s.citations for s in checked.sentences] == [(1,), (2,), (2,)]
    assert [c.n for c in checked.citations] == [1, 2]


def test_what_is_not_supported_is_dropped_and_told():
    checked = check(*written("Halvia launched 112 missiles. [1] Ilva Tam said 12 people were killed. [1]"))
    assert [s.text for s in checked.sentences] == ["Ilva Tam said 12 people were killed."]
    assert [(d.text, d.why) for d in checked.dropped] == [
        ("Halvia launched 112 missiles.", "number 112 is in none of its quotes")
    ]
    assert [c.n for c in checked.citations] == [1]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("Envoys of Halvia and Norr met in Lund [1].", ["Envoys of Halvia and Norr met in Lund on 3 May 2031."]),
        ("Envoys of Halvia and Norr met in Lund.", ["Envoys of Halvia and Norr met in Lund on 3 May 2031."]),
        ("Envoys of Halvia and Norr met in Lund [7].", ["Envoys of Halvia and Norr met in Lund on 3 May 2031."]),
        (
            "The envoys of Halvia and Norr agreed to meet again [1].",
            ["Envoys of Halvia and Norr met in Lund on 3 May 2031. They agreed to meet again."],
        ),
        (
            "“We will not give in,” Ilva Tam said [1].",
            [
                "The mayor, Ilva Tam, said 12 people were killed and 90 hurt. “We will not give in,” she said.",
            ],
        ),
    ],
)
def test_a_wrong_or_missing_citation_is_mended(text, quotes):
    checked = check(*written(text))
    assert not checked.dropped
    assert [c.quote for c in checked.citations] == quotes


@pytest.mark.parametrize(
    "text",
    [
        "Envoys of Halvia and Norr met in Kell [1].",
        "Envoys of Halvia and Norr met in Lund on 4 May 2031 [1].",
        "Ilva Tam met envoys in Lund [2].",
        "Norr launched 70 missiles [1].",
        "Norr admits it.",
    ],
)
def test_what_no_evidence_carries_is_not_mended(text):
    checked = verify(written(text), EVIDENCE)
    assert not checked.sentences
    assert [d.text.rstrip(".") for d in checked.dropped] == [text.partition(" [")[0].rstrip(".")]


@pytest.mark.parametrize(("age", "supported"), [(16, True), (15, False), (13, False)])
def test_an_altered_number_does_not_lead_to_where_it_stands(age, supported):
    text = (
        "Norr will ban children under 16 from the harbour pool, its mayor said. Lund had a ban for children under 15 "
        "from the harbour pool. In Kell children under 13 need a ticket for the pool."
    )
    source = article("pools", text)
    claim = quoted("Norr will ban children under 16", source, f"Norr plans to ban children under {age} from the pool.")
    assert bool(check(claim, evidence=[hit(source)]).sentences) == supported


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("Ilva Tam opened the new harbour pool with a band.", True),
        ("Orn Bask opened the new harbour pool with a band.", False),
        ("Orn Bask opened the new harbour pool on 3 May with a band.", False),
        ("Someone opened the new harbour pool with 40 boats and a band.", False),
    ],
)
@pytest.mark.parametrize("key", [None, "Envoys of Halvia and Norr met in Lund"])
def test_quotes_that_are_found_for_a_sentence_must_hold_its_values(said, stands, key):
    """Nobody named them, so a value that is elsewhere in their article is none of theirs."""
    text = "Orn Bask runs 40 boats. On 3 May it rained. Ilva Tam opened the new harbour pool to the sound of a band."
    pool = article("pool", text)
    claim = quoted(key, EVIDENCE[1].article, said) if key else DraftSentence(said, ())
    assert bool(check(claim, evidence=[*EVIDENCE, hit(pool)]).sentences) == stands


@pytest.mark.parametrize(
    ("said", "key", "cited"),
    [
        ("The report does not accuse Orn Bask of neglect.", "He shouted", "The report"),
        ("The report does not accuse its captain Orn Bask of neglect.", "He shouted", "The report"),
        ("Ilva Tam made five proposals to the harbour.", "He shouted", "Ilva Tam made five proposals."),
        ("Ilva Tam made five proposals to the harbour.", "Ilva Tam read", "Ilva Tam made five proposals."),
        ("Captain Orn Bask shouted at the wheel.", "He shouted", "He shouted"),
        ("Captain Orn Bask did not turn the wheel in time.", "He shouted", "He shouted"),
    ],
)
def test_another_sentence_is_cited_only_if_it_has_far_more_of_the_words(said, key, cited):
    """The model named quotes that have the values, but too few of the other words."""
    source = article(
        "inquiry",
        "He shouted, and Captain Orn Bask held the wheel. The report does not accuse Orn Bask of neglect. "
        "Ilva Tam read the report on the quay. Ilva Tam made five proposals. The wheel was made in Kell.",
    )
    (citation,) = check(quoted(key, source, said), evidence=[hit(source)]).citations
    assert citation.quote.startswith(cited)


def test_days_are_seen_from_the_day_of_the_article():
    said = "Halvia struck on 1 May 2031."
    source = article("dated", "Halvia struck on Thursday.", published=date(2031, 5, 2))
    undated = article("undated", "Halvia struck on Thursday.")
    for of, stands in ((source, True), (undated, False)):
        checked = check(DraftSentence(said, (Quote(of, 0, len(of.text)),)), evidence=[hit(of)])
        assert bool(checked.sentences) == stands


def test_sentences_are_verified_as_they_come():
    verifier, quote = Verifier(EVIDENCE), "Halvia launched 70 missiles and 145 drones."
    (kept,) = verifier.add(quoted(quote, said="Halvia launched 70 missiles."))
    assert kept == Sentence("Halvia launched 70 missiles.", (1,), 1.0, "shortened")
    assert verifier.add(quoted(quote, said="Halvia launched 71 missiles.")) == []
    lost = Dropped("Halvia launched 71 missiles.", "number 71 is in none of its quotes")
    assert (verifier.result().sentences, verifier.result().dropped) == ((kept,), (lost,))


OWN_WORDS = "Kell's port was hit by night."


def answering(quotes):
    return ["hurt" not in quote.text for quote in quotes]


def test_without_a_judge_the_quote_takes_the_place_of_what_is_in_other_words():
    verifier = Verifier(EVIDENCE, relevance=answering)
    (shown,) = verifier.add(quoted("Halvia struck the port of Kell at night.", said=OWN_WORDS))
    assert shown == Sentence("Halvia struck the port of Kell at night.", (1,), 1.0, "quoted")
    assert verifier.add(quoted("Halvia struck the port of Kell at night.", said="Kell's port was hit.")) == []
    assert verifier.result().dropped == tuple(
        Dropped(said, str(Fault("own_words"))) for said in (OWN_WORDS, "Kell's port was hit.")
    )
    assert verifier.result().supported_share == 0.5


def test_two_sentences_take_the_place_of_one_at_most_in_their_order_and_only_if_they_answer():
    verifier = Verifier(EVIDENCE, relevance=answering)
    shown = verifier.add(
        quoted(STRIKE, said="At night 115 drones hit Kell, where 90 were hurt; the Herald wrote of aid.")
    )
    assert [one.text for one in shown] == [
        "Halvia struck the port of Kell at night.",
        "Aid came from Norr [1], the Kell Herald wrote.",
    ]
    assert all("hurt" not in one.text and one.checked_by == "quoted" for one in shown)
    assert [STRIKE.index(one.text) for one in shown] == sorted(STRIKE.index(one.text) for one in shown)


def test_nothing_takes_the_place_of_what_answers_something_else():
    verifier = Verifier(EVIDENCE, relevance=answering)
    fault = "it does not answer what was asked"
    claim = quoted("Halvia struck the port of Kell at night.", said=OWN_WORDS)
    assert verifier.add(DraftSentence(claim.text, claim.quotes, fault)) == []
    assert [dropped.why for dropped in verifier.result().dropped] == [fault]


def test_a_sentence_said_twice_is_dropped_once():
    claim = quoted("Halvia launched 70 missiles and 145 drones.")
    checked = check(claim, claim)
    assert len(checked.sentences) == 1
    assert checked.dropped[0].why == str(Fault("repeated"))


VERBATIM = """
import sys
from newsqa.types import Article, DraftSentence, Hit, Passage, Quote
from newsqa.verify.verifier import verify
text = "Halvia struck the port of Kell at night."
article = Article("strike", text, "strike.md")
sentence = DraftSentence(text, (Quote(article, 0, len(text)),))
assert verify([sentence], [Hit(Passage(1, "strike", 0, len(text), text), article, 1.0)]).sentences
print(*(name for name in sys.modules if name.startswith(("newsqa.verify.", "numpy"))))
"""


def test_a_verbatim_sentence_is_verified_without_the_rules():
    shown = subprocess.run([sys.executable, "-c", VERBATIM], capture_output=True, text=True, check=True).stdout
    needed = ("evidence", "verifier")
    assert set(shown.split()) == {f"newsqa.verify.{name}" for name in needed}


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Envoys met in Lund [2].", ["talks"]),
        ("Envoys met in Lund. [2]", ["talks"]),
        ("Envoys met in Lund.[2]", ["talks"]),
        ("Envoys met in Lund [2]", ["talks"]),
        ("[2] Envoys met in Lund.", ["talks"]),
        ("- **Envoys met in Lund** [2]", ["talks"]),
        ("Envoys of Halvia met in Lund [1][2].", ["talks"]),
        ("Envoys of Halvia met in Lund [2, 9].", ["talks"]),
        ("Envoys met in Lund [^2].", ["talks"]),
        ("Envoys met in Lund [7].", []),
        ("Envoys met in Lund [0][99999999999999999999].", []),
        ("Envoys met in Lund.", []),
    ],
)
def test_keys_are_read_where_models_write_them(text, sources):
    (claim,) = read_draft(text, EVIDENCE)
    assert "[" not in claim.text
    assert "Envoys" in claim.text
    assert sources == [] or set(sources) <= {quote.article.id for quote in claim.quotes}
    assert bool(claim.quotes) == bool(sources)


def test_keys_go_with_the_sentence_before_them():
    first, second = read_draft("Halvia struck Kell. [1] Envoys met in Lund. [2]", EVIDENCE)
    assert {q.article.id for q in first.quotes} == {"strike"}
    assert {q.article.id for q in second.quotes} == {"talks"}


def test_numbers_in_brackets_in_an_article_are_just_its_words():
    sentence = "Aid came from Norr [1], the Kell Herald wrote."
    checked = check(quoted(sentence))
    assert [c.quote for c in checked.citations] == [sentence]
    assert checked.sentences[0].citations == (1,)


def test_without_evidence_nothing_stands():
    claims = read_draft("Halvia struck. [1]", [])
    assert verify(claims, []).sentences == ()


DRAFTS = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            ["Halvia struck Kell. ", "Tam said 12 people died", "[1]", " [2].", "[1, 2]", "[", "]", "[3]", "\n"]
        ),
    ),
    max_size=12,
).map("".join)


@given(DRAFTS)
def test_any_draft_is_read_and_its_citations_are_exact(text):
    claims = read_draft(text, EVIDENCE)
    at_hand = {hit.article.id: hit.article for hit in EVIDENCE}
    checked = verify(claims, EVIDENCE)
    for citation in checked.citations:
        stored = at_hand[citation.article_id].text
        assert citation.quote == stored[citation.start : citation.end]
        spans = sentence_spans(stored)
        assert citation.start in {start for start, _ in spans}
        assert citation.end in {end for _, end in spans}
    used = [n for sentence in checked.sentences for n in sentence.citations]
    assert sorted(set(used)) == [c.n for c in checked.citations]
    assert len(checked.sentences) + len(checked.dropped) == len(claims)


ARTICLES = st.lists(st.text(st.characters(codec="utf-8"), max_size=80), min_size=1, max_size=6).map(". ".join)


@given(ARTICLES, st.data())
def test_verbatim_sentences_always_stand(text, data):
    source = article("any", text)
    spans = sentence_spans(text)
    if not spans:
        return
    first = data.draw(st.integers(0, len(spans) - 1))
    last = data.draw(st.integers(first, min(first + 2, len(spans) - 1)))
    quote = Quote(source, spans[first][0], spans[last][1])
    checked = verify((DraftSentence(" ".join(quote.text.split()), (quote,)),), [hit(source)])
    assert len(checked.sentences) == 1
    assert checked.citations[0].quote == quote.text
