"""A question read against the words of a library: typing errors, names, rare terms, outlets, time, two in one."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_embedder import WordEmbedder

from newsqa.answer.relevance import MIN_RELEVANCE, estimate_relevance
from newsqa.ingest.indexer import index_source
from newsqa.search.dates import is_out_of_time, time_notice
from newsqa.search.read import read_question, split_question
from newsqa.search.retrieve import retrieve
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.types import NO_BOUNDS, Bounds

ASKED = date(2031, 4, 30)
STORIES = [
    (
        "The Tarn Ledger",
        "2031-04-12",
        "Keeper's lamp found",
        (
            "Police said on Saturday that Ilsa Corvane had found the stolen lantern in a boat shed near Quillport. "
            "People asked what she did when the harbour lantern vanished. The judge in Quillport released a guard."
        ),
    ),
    (
        "Ostby Courier",
        "2031-03-02",
        "Lantern stolen from the museum",
        (
            "Thieves took the lantern from the museum in Quillport on Sunday. Witnesses said that Ilsa Corvane, who "
            "keeps the lantern, was away. The guard, Bram Thompson, was hurt. The judge heard Bram Thompson on Monday."
        ),
    ),
    (
        "Ostby Courier",
        "2031-04-20",
        "Storm closes the bridge",
        (
            "A storm closed the bridge to Quillport on Saturday night. The mayor, Ruben Larson, said that people "
            "should stay at home. Bram Thompson, the guard, crossed the bridge before it closed. He was the last. "
            "The town assembly meets on Monday."
        ),
    ),
    (
        "The Tarn Ledger",
        "2031-04-24",
        "What the guard saw",
        "Bram Thompson told the Tarn court what he saw. When Bram Thompson heard the glass, the museum was dark.",
    ),
]
QUAYS = [
    ("Port Record", "2031-01-05", f"Quay{n:04} report", f"Quay{n:04} handled {n + 300} ships this year, the port said.")
    for n in range(1, 86)
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stories")
    for number, (outlet, day, title, text) in enumerate([*STORIES, *QUAYS]):
        story = {"title": title, "outlet": outlet, "published": day, "text": text}
        (folder / f"{number}.json").write_text(json.dumps(story), "utf-8")
    settings = Settings(index=tmp_path_factory.mktemp("library"))
    index_source(settings, str(folder), embedder=WordEmbedder())
    with open_index(settings) as index, index.snapshot() as snapshot:
        yield snapshot


def read(question, library, bounds=NO_BOUNDS):
    return read_question(question, ASKED, library, bounds)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("who stole the lantren", "who stole the lantern"),
        ("Who took the Lantren from the museum?", "Who took the Lantern from the museum?"),
        ("wat did the jugde do wen the lantern vanished", "what did the judge do when the lantern vanished"),
        ("whos the guard", "who's the guard"),
        ("when does the town asembly meet", "when does the town assembly meet"),
        ("hwo many poeple stayed home", "how many people stayed home"),
        ("what happened in quilport to the lantern", "what happened in quillport to the lantern"),
        ("Who is Bram Thomson?", "Who is Bram Thompson?"),
        ("who is bram thomson", "who is bram thompson"),
    ],
)
def test_typing_errors_are_mended_by_the_words_of_the_library(library, typed, meant):
    assert read(typed, library).text == meant


@pytest.mark.parametrize(
    "question",
    [
        "How many ships did Quay0000 handle?",  # a code that the library lacks is no slip for another
        "What did Ruben Larsen say about the bridge?",  # nor is a name with another letter
        "What did Larsen say?",
        "Who said “the lantren is gone”?",
        "What is the LANTREN?",
        "Who owns lantren.example?",
        "Who fed the goat?",
        "who stole the lantern",
        "Is there a vase in the museum?",
        "Summarise what the judges crossed.",
        "what did the Boeing strike stop in the museum",
        "How many ships ran aground near the asked harbour?",
    ],
)
def test_what_is_no_typing_error_stays(library, question):
    assert read(question, library).text == question


@given(text=st.text(max_size=120))
def test_any_text_is_read_against_a_library(library, text):
    query = read(text, library)
    assert query.bounds == NO_BOUNDS or query.bounds.outlet
    assert set(query.rare) <= set(query.terms)


def test_names_in_lower_case_are_found_as_articles_write_them(library):
    assert read("what did ilsa corvane find in quillport", library).names == ("Ilsa Corvane", "Quillport")
    assert read("where was the lantern", library).names == ()


def test_another_quay_is_not_taken_for_the_one_asked_for(library):
    query = read("How many ships did Quay0000 handle this year?", library)
    hits = retrieve(query, library, WordEmbedder())
    assert "Quay0000" in query.rare
    assert estimate_relevance(query, hits) < MIN_RELEVANCE


def test_a_code_in_lower_case_is_no_other_code(library):
    query = read("how many ships did quay0000 handle this year?", library)
    assert estimate_relevance(query, retrieve(query, library, WordEmbedder())) < MIN_RELEVANCE


def test_the_one_passage_with_all_rare_terms_comes_first(library):
    query = read("How many ships did Quay0051 handle this year?", library)
    hits = retrieve(query, library, WordEmbedder())
    assert hits[0].passage.text.startswith("Quay0051")
    assert estimate_relevance(query, hits) >= MIN_RELEVANCE


@pytest.mark.parametrize(
    ("question", "outlet"),
    [
        ("according to the ledger who found the lantern", "The Tarn Ledger"),
        ("What does the Ostby Courier say about the storm?", "Ostby Courier"),
        ("what is the ledgers own account", "The Tarn Ledger"),
        ("And the Courier?", "Ostby Courier"),
        ("according to the police who found the lantern", None),
        ("Who was fired by the Ostby Courier?", None),
        ("What do the Ledger and the Courier say?", None),
    ],
)
def test_an_answer_is_bounded_to_the_outlet_that_is_asked_for(library, question, outlet):
    assert read(question, library).bounds.outlet == outlet


def test_the_outlet_that_a_person_set_stays(library):
    set_by_person = Bounds(outlet="Ostby Courier")
    assert read("What does the Ledger say about the lantern?", library, set_by_person).bounds == set_by_person


@pytest.mark.parametrize(
    ("question", "timing"),
    [
        ("What happened to the lantern yesterday?", "strict"),
        ("What happened in Quillport last week?", "strict"),
        ("Who was heard between 2 and 6 March?", "firm"),
        ("What was found on 12 April?", "firm"),
        ("What happened in April with the lantern?", "firm"),
        ("How many were hurt in March?", "soft"),
        ("What happened in 2030?", "soft"),
        ("Has the lantern been found recently?", "soft"),
        ("Who found the lantern?", "soft"),
    ],
)
def test_how_firmly_a_time_bounds(library, question, timing):
    assert read(question, library).timing == timing


def test_what_lies_within_the_time_is_searched_first(library):
    query = read("What happened with the lantern in Quillport in April?", library)
    days = {hit.article.published for hit in retrieve(query, library, WordEmbedder())}
    assert days
    assert all(day.month == 4 for day in days)


def test_an_article_that_came_a_day_later_is_within_the_time(library):
    query = read("Who found the stolen lantern on 11 April?", library)
    hits = retrieve(query, library, WordEmbedder())
    assert {hit.article.published for hit in hits} == {date(2031, 4, 12)}
    assert time_notice(query, [hit.article.published for hit in hits]) == ()


def test_nothing_within_the_time_is_said_with_the_nearest_day(library):
    query = read("Who stole the lantern yesterday?", library)
    hits = retrieve(query, library, WordEmbedder())
    assert is_out_of_time(query, hits, None)
    (notice,) = time_notice(query, [date(2031, 3, 2), date(2031, 4, 12)])
    assert "29 April 2031" in notice
    assert "12 April 2031" in notice


@pytest.mark.parametrize(
    ("question", "later"),
    [
        ("Who won the vote on the pier in June 2031?", True),
        ("Who won the vote on the pier in April 2031?", False),
        ("When will the pier open in June 2031?", False),
        ("Which firm was chosen to build the pier in June 2031?", False),
    ],
)
def test_no_article_says_what_happened_after_the_newest_was_published(library, question, later):
    query = read(question, library)
    hits = retrieve(query, library, WordEmbedder())
    assert is_out_of_time(query, hits, date(2031, 5, 1)) == later


def test_a_day_on_which_nothing_was_written_leaves_the_other_articles(library):
    query = read("Who took the lantern from the museum on 7 January?", library)
    hits = retrieve(query, library, WordEmbedder())
    assert hits
    assert not is_out_of_time(query, hits, None)
    assert time_notice(query, [hit.article.published for hit in hits[:1]])


@pytest.mark.parametrize(
    "question", ["¿Quién robó la linterna del museo de la ciudad?", "Wer hat die Laterne aus dem Museum gestohlen?"]
)
def test_a_question_in_another_language_is_told_so(library, question):
    query = read(question, library)
    assert query.text == question
    assert "another language" in query.notices[0]


@pytest.mark.parametrize("question", ["who", "Ilsa Corvane?", "wat hapened to teh lantren", "Zyx Qwv Trn Plk?"])
def test_short_or_misspelt_english_is_no_other_language(library, question):
    assert read(question, library).notices == ()


@pytest.mark.parametrize(
    ("question", "names", "parts"),
    [
        (
            "who won the cup final and who scored the winner",
            (),
            ("who won the cup final?", "who scored the winner in the cup final?"),
        ),
        ("Where and when did the tour end?", (), ("Where did the tour end?", "When did the tour end?")),
        (
            "How big is the fine and who imposed it?",
            (),
            ("How big is the fine?", "who imposed the fine?"),
        ),
        (
            "who did ruben larson beat and who will he replace",
            ("Ruben Larson",),
            ("who did ruben larson beat?", "who will Ruben Larson replace?"),
        ),
        (
            "How many died in the storm and how many were hurt?",
            (),
            ("How many died in the storm?", "how many were hurt in the storm?"),
        ),
    ],
)
def test_two_questions_in_one_are_split(question, names, parts):
    assert split_question(question, names) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Who are Ann Lee and Bo Chan?",
        "What happened between Monday and when it sank?",
        "Who was arrested, and why?",
        "Which paper wrote “who fell and who won the race”?",
        "What is known about who did it and why they fled?",
        "How many ferries and buses were stopped?",
    ],
)
def test_one_question_is_not_split(question):
    assert split_question(question) == (question,)
