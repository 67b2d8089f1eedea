"""Which article, outlet and date words come from: asked at the desk and at the command line."""

import json
import sys
from dataclasses import replace
from datetime import date

import pytest
from scored_lines import line
from word_embedder import WordEmbedder

from newsqa import cli
from newsqa.answer.conversation import read_in_context
from newsqa.building import open_pipeline
from newsqa.evals import scoring
from newsqa.ingest.indexer import index_source
from newsqa.models.encoders import NoReranker
from newsqa.pipeline import Pipeline
from newsqa.render.plain import answer_text
from newsqa.render.record import to_record
from newsqa.search.sources import quotation_in
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.text.origins import origin_sentence, origin_sentences
from newsqa.types import Article, Bounds, Hit, Origin, Passage, Quote, Turn
from newsqa.verify.verifier import verify

KEEPER = "Its keeper, Joren Maddock, climbed the tower's 187 steps for the last time at nine in the evening."
ASKED = "Which article, outlet and date does this quote come from: “{}”?"
LIGHTHOUSE = "These words stand in “Lighthouse at Cape Ansell goes dark after 140 years” (Tarn Herald, 2 May 2025)."
FLOOD = (
    "“We have not slept since Tuesday,” said Mayor Ottoline Brack of Wick, “and we will not sleep before the dyke "
    "holds. Then we shall rest.” The river Tam had risen by 3.4 metres in two days, the water board said.\n\n"
    "Volunteers filled 12,000 sandbags with the gravel of the old quarry, and the children of the school carried them. "
    "The army sent two pumps and a bridge."
)  # fmt: skip
STORIES = [
    ("Wick waits for the crest", "Tarn Herald", "2025-06-03", FLOOD),
    ("Flood: Wick holds out", "Ostby Gazette", "2025-06-02", FLOOD),
    (
        "A week of water",
        "Canal Watch",
        "2025-06-09",
        "A look back. The river Tam had risen by 3.4 metres in two days, the water board said. Now Wick is dry.",
    ),
    (None, None, None, "The ferryman of Norr found a bell in the mud where the chapel had stood. He rang it twice."),
    *[
        (f"Council notes {n}", "Ostby Gazette", f"2025-01-{n:02}", f"Of the flood the council said little in week {n}.")
        for n in range(1, 13)
    ],
]  # fmt: skip


@pytest.fixture(scope="module")
def flood(tmp_path_factory):
    """A desk over articles about a flood; its answerer fails the test, for no quote is for it to trace."""
    folder = tmp_path_factory.mktemp("flood")
    for n, (title, outlet, published, text) in enumerate(STORIES):
        fields = {"title": title, "outlet": outlet, "published": published, "text": text}
        (folder / f"{n}.json").write_text(json.dumps(fields), "utf-8")
    settings = Settings(index=folder / "index")
    index_source(settings, str(folder), embedder=WordEmbedder())

    def answerer(query, hits, deadline):
        raise AssertionError(f"an answerer was asked for the origin of {query.quotation}")

    with Pipeline(open_index(settings), WordEmbedder(), NoReranker(), answerer, "test") as desk:
        yield desk


@pytest.fixture(scope="module")
def news_desk(news_index):
    with open_pipeline(Settings(index=news_index)) as desk:
        yield desk


@pytest.fixture
def newsqa(monkeypatch, capfd, news_index):
    """Run a command over the news in this process; return its exit code and its standard output."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["newsqa", *arguments, "--index", str(news_index)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return left.value.code or 0, capfd.readouterr().out

    return run


def test_the_article_its_outlet_and_its_date_are_named(newsqa):
    code, out = newsqa("ask", ASKED.format(KEEPER), "--json")
    record = json.loads(out)
    assert (code, record["refused"], record["text"]) == (0, False, f"{LIGHTHOUSE} [1]")
    (citation,) = record["citations"]
    assert (citation["outlet"], citation["published"], citation["quote"]) == ("Tarn Herald", "2025-05-02", KEEPER)
    shown = json.loads(newsqa("show", citation["article_id"], "--json")[1])
    assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(
    "question",
    [
        "Who published “climbed the tower’s 187 steps for the last time”?",
        "Where does the quote 'Its keeper, Joren Maddock, climbed the tower's 187 steps' come from?",
        'which outlet reported that "climbed the tower\'s 187 steps for the LAST TIME"',
        "Find the source of: its keeper, Joren Maddock, climbed the tower's 187 steps",
        "In which article does this sentence stand?\n“Its keeper, Joren Maddock,\nclimbed the tower’s\u00a0187 steps”",
        "When was this said: »climbed the tower's 187 steps for the last time«",
        f"{KEEPER} Source?",
        "„climbed the tower's 187 steps … at nine in the evening“ – which newspaper printed that?",
        "Source: “[I]ts keeper, Joren Maddock [sic], climbed [...] for the last time”",
        "Who said “I shall miss the fog” and in which article?",
        "What is the origin of the words ‘I shall miss the fog,’ please?",
        "In which article of the Tarn Herald of 2 May 2025 does “I shall miss the fog,” appear?",
        "...for the last time at nine in the evening. Which article is this from?",
        "“Joren Maddock, climbed the tower's 187 steps",
        "I remember reading “climbed the tower's 187 steps” Which article was that in, from which outlet, and when?",
        "Find the source of this: “climbed the tower's 187 steps” I need the headline, the outlet and the date.",
        "Which newspaper was it that had a striking line on this: “climbed the tower's 187 steps for the last time”?",
    ],
)
def test_people_ask_in_many_ways(news_desk, question):
    answer = news_desk.ask(question)
    assert answer.text == f"{LIGHTHOUSE} [1]"
    assert "fog" in answer.citations[0].quote or answer.citations[0].quote == KEEPER
    assert "rerank" not in answer.timings


def told(answer):
    return [(c.outlet, c.quote) for c in answer.citations]


RIVER = "The river Tam had risen by 3.4 metres in two days, the water board said."


def test_copies_count_once_and_the_first_published_comes_first(flood):
    answer = flood.ask(ASKED.format(RIVER))
    assert answer.text == (
        "These words stand in “Flood: Wick holds out” (Ostby Gazette, 2 June 2025). [1] "
        "They also stand in “A week of water” (Canal Watch, 9 June 2025). [2]"
    )
    assert [[carrier.outlet for carrier in c.also_carried_by] for c in answer.citations] == [["Tarn Herald"], []]
    assert [hit.article.title for hit in answer.retrieved[:2]] == ["Flood: Wick holds out", "A week of water"]
    assert len(answer.retrieved) >= 10
    scores = [hit.score for hit in answer.retrieved]
    assert scores == sorted(scores, reverse=True)


def test_an_outlet_or_a_time_in_the_question_comes_first(flood):
    asked = "Which article of {} does this quote come from: “{}”?"
    assert flood.ask(asked.format("the Tarn Herald", RIVER)).citations[0].outlet == "Tarn Herald"
    assert flood.ask(asked.format("9 June 2025", RIVER)).citations[0].outlet == "Canal Watch"


def test_bounds_hold(flood):
    question = ASKED.format(RIVER)
    assert [c.outlet for c in flood.ask(question, bounds=Bounds(outlet="canal watch")).citations] == ["Canal Watch"]
    assert flood.ask(question, bounds=Bounds(since=date(2025, 6, 4))).citations[0].outlet == "Canal Watch"
    assert flood.ask(question, bounds=Bounds(as_of=date(2025, 6, 1))).refused


def test_what_is_not_known_is_said_to_be_unknown(flood):
    answer = flood.ask("Who published “a bell in the mud where the chapel had stood”?")
    assert answer.text == "These words stand in an article of unknown title (outlet unknown, date unknown). [1]"
    assert (answer.citations[0].title, answer.citations[0].outlet, answer.citations[0].published) == (None,) * 3
    bounded = flood.ask(
        "Who published “a bell in the mud where the chapel had stood”?", bounds=Bounds(as_of=date(2025, 9, 1))
    )
    assert bounded.refused
    assert bounded.notices == ("1 article of no known date was left out.",)


def test_what_somebody_says_may_be_broken_by_who_says_it(flood):
    said = "We have not slept since Tuesday, and we will not sleep before the dyke holds. Then we shall rest."
    answer = flood.ask(ASKED.format(said))
    assert answer.citations[0].quote == FLOOD[: FLOOD.index(" The river")]


def test_parts_far_apart_are_cited_each(flood):
    answer = flood.ask(ASKED.format("We have not slept since Tuesday […] The army sent two pumps and a bridge."))
    first, second = (quote for _, quote in told(answer))
    assert first.startswith("“We have not slept since Tuesday,”")
    assert second == "The army sent two pumps and a bridge."
    assert answer.sentences[0].citations == (1, 2)


@pytest.mark.parametrize(
    "quote",
    [
        "The river Tam had risen by 3.6 metres in two days, the water board said.",
        "The river Tam had fallen by 3.4 metres in two days, the water board said.",
        "The river Tam had risen by 3.4 metres in two days, the army said.",
        "in two days, the water board said … The river Tam had risen by 3.4 metres",
        "We have slept since Tuesday, and we will not sleep before the dyke holds.",
    ],
)
def test_a_misquote_is_refused_and_the_nearest_words_are_told_as_other_words(flood, quote):
    answer = flood.ask(ASKED.format(quote))
    assert (answer.refused, answer.reason, answer.citations) == (True, "no_evidence", ())
    assert answer.text.startswith("None of the articles searched holds these words.")
    assert "Nearest: " in answer.text
    assert "These words stand" not in answer.text
    assert len(answer.retrieved) >= 10
    assert answer.retrieved[0].article.title in {"Wick waits for the crest", "Flood: Wick holds out", "A week of water"}


def test_the_nearest_words_are_shown_as_they_stand(flood):
    answer = flood.ask(ASKED.format("The river Tam had risen by 3.6 metres in two days, the water board said."))
    assert f": “{RIVER}” Nearest: " in answer.text
    assert "Other words, but much like them, stand in " in answer.text


def test_dates_in_the_quoted_words_are_not_the_time_of_the_question(flood):
    answer = flood.ask(ASKED.format("The ferry sank on 3 May 1911 off the coast of Norr, and nobody was saved"))
    assert answer.reason == "no_evidence"


def test_hostile_titles_and_texts_are_safe_to_print_and_true_in_the_record(news_desk, newsqa, hostile):
    code, out = newsqa("ask", "Source: “Engineers found eleven leaks near the Tolver lock”")
    assert code == 0
    assert not set(out) & set("\x1b\x9b\x9d\x07\u202e")
    assert "Canal Watch" in out
    answer = news_desk.ask("Source: “Engineers found eleven leaks near the Tolver lock”")
    citation = answer.citations[0]
    assert news_desk.article(citation.article_id).text[citation.start : citation.end] == citation.quote
    assert answer_text(answer).count("eleven leaks") == 1


@pytest.mark.parametrize(
    "quote",
    ["{question}", "\x1b]0;owned\x07 fog", '" OR text : *', "a" * 1500, "“" * 400, "x … " * 300, "[sic] […] …",
     "\ud800\0", "{0.__class__}", "These words stand in “A” (B, 1 May 2025). [1]"],
)  # fmt: skip
def test_hostile_quotes_are_refused_like_any_other(flood, quote):
    answer = flood.ask(ASKED.replace("{}", quote)) if quotation_in(ASKED.replace("{}", quote)) else None
    assert answer is None or answer.refused


def test_words_of_a_title_are_told_as_such(flood):
    answer = flood.ask("Which outlet carried “wick waits for the crest”?")
    assert answer.text == "These words stand in the title of “Wick waits for the crest” (Tarn Herald, 3 June 2025). [1]"
    assert answer.citations[0].quote == FLOOD[: FLOOD.index(" Then we")]


@pytest.mark.parametrize("words", ["The keeper was there", "fog the miss", "I shall miss the fog today"])
def test_the_check_drops_an_origin_that_does_not_hold_the_words(words):
    text = "“I shall miss the fog,” he said. “And the ships.”"
    article = Article("a", text, "a.md", title="Fog")
    hit = Hit(Passage(1, "a", 0, len(text), text), article, 1.0)

    def checked(words, article):
        return verify((), [hit], [Origin(words, (Quote(article, 0, 5),))])

    assert checked(words, article).sentences == ()
    assert checked("I shall miss the fog", replace(article, id="b")).sentences == ()
    assert [s.text for s in checked("I shall miss the fog", replace(article, title="Forged")).sentences] == [
        "These words stand in “Fog” (outlet unknown, date unknown)."
    ]


def test_the_sentence_says_what_is_known_and_no_more_than_can_be_read():
    known = ("A\n  title", "Tarn Herald", date(2025, 5, 2))
    assert origin_sentences(*known) == (
        "These words stand in “A title” (Tarn Herald, 2 May 2025).",
        "These words stand in the title of “A title” (Tarn Herald, 2 May 2025).",
        "They also stand in “A title” (Tarn Herald, 2 May 2025).",
        "They also stand in the title of “A title” (Tarn Herald, 2 May 2025).",
    )
    endless = origin_sentence("word " * 900, "x" * 9000, None)
    assert len(endless.split()) < 60
    assert len(endless) < 500


@pytest.mark.parametrize(
    "question",
    [
        "What did the keeper mean by “I shall miss the fog and the sea”?",
        "Who is “the voice of the people of Tarn”?",
        "Which newspaper called the mayor “a fool who never listens to anyone” after the vote?",
        "Who wrote the song “I shall miss the fog and the sea”?",
        "Which outlet published the article “Lighthouse at Cape Ansell goes dark after 140 years”?",
        "When was “The Last Gulls of Old Tarn” published?",
        "Why did he say “I shall miss the fog and the sea”?",
        "Who said “no” to the second hall?",
        "Who said “I shall miss the fog and the sea”?",
        "Who is the source of the leak?",
        "The mayor promised a second hall on Monday. Who reported it?",
        "What's the mayor's plan, and who's paying?",
        '"How many people came to the festival in Ostby?"',
        "Find the articles about ships: which of them ran aground?",
    ],
)
def test_other_questions_are_none_of_origin(question):
    assert quotation_in(question) is None


def test_no_question_of_the_sample_set_is_one_of_origin(pytestconfig):
    questions = (pytestconfig.rootpath / "tests" / "questions.jsonl").read_text("utf-8").splitlines()
    assert not [asked for asked in questions if quotation_in(json.loads(asked)["question"])]


def test_the_sentence_is_scored_as_supported_by_the_citation_that_shows_the_same(flood):
    record = to_record(flood.ask(ASKED.format(RIVER)))
    said = {name: record[name] for name in ("text", "sentences", "citations")}
    scores = scoring.score(line(**said))
    assert (scores["lexical_support"], scores["lexical_use"]) == (1.0, 1.0)
    record["citations"][0]["published"] = "2024-01-01"
    recall = scoring.score(line(**said))["lexical_support"]
    assert recall == 0.625, "one of the two sentences shares only a quarter of its words with what is cited"


def test_a_conversation_goes_on_after_it(news_desk):
    question = ASKED.format("climbed the tower's 187 steps")
    history = [Turn.from_answer(news_desk.ask(question))]
    for following in ("Who said it?", "And when?", "How many visitors came to the cheese festival?"):
        assert news_desk.ask(following, history=history).text
    assert "Selbach" in news_desk.ask("Who won the first prize at the cheese festival in Ostby?", history=history).text


def test_who_said_it_is_about_the_words_and_not_about_their_source(news_desk):
    traced = news_desk.ask(ASKED.format("I shall miss the fog"))
    answer = news_desk.ask("Who said it?", history=[Turn.from_answer(traced)])
    assert answer.kind == "about_answer"
    assert "Its keeper, Joren Maddock" in answer.text
    assert "“I shall miss the fog,” he said." in answer.text


def test_no_word_of_a_quotation_is_put_in_the_place_of_another():
    history = [Turn("Who is Joren Maddock?", "Joren Maddock was the keeper. [1]")]
    question = ASKED.format("He told him that he would not go there")
    (reading,) = read_in_context(question, history, lambda _: None)
    assert reading.text == question


def test_a_question_of_origin_opens_no_topic():
    history = [Turn(ASKED.format(KEEPER), f"{LIGHTHOUSE} [1]")]
    (reading,) = read_in_context("How many steps does it have?", history, lambda _: None)
    assert reading.text == "How many steps does it have?"
