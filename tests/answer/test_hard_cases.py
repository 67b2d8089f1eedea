"""Questions that were once answered beside the point, asked over invented articles with the models of newsqa."""

import json
from datetime import date

import pytest

from newsqa.api import NewsQA
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from newsqa.types import Turn

TRAM = (
    "The tram company of Ostby said on Thursday that its new line to the hospital will run {} times a day from the "
    "autumn. The rails were laid by a firm from Wick over three winters, and the old bus to the hospital will stop. "
    "Fares stay as they are, the company said in a letter to all households, and pupils will ride for half the price. "
    "The mayor, Runa Selbach, called the line the best news of the year and promised that trees would be planted "
    "along the rails before the first tram leaves the depot. {}"
)
ENDINGS = ("Letters to the editor are welcome.", "More tomorrow.", "Our reporter was there.", "See the map on page 4.")
FERRIES = (
    "Ferry crews of Norr voted on Wednesday to stay away from work for a fourth week.\n\n"
    "About nine hundred ballots were cast in the sailors' hall, the union said, and a brass band played.\n\n"
    "The ferry strike over pay and cabins is the longest that Norr has seen. The strike of the crews has cost the "
    "islands their first summer guests, who came by the bridge at Wick. During the strike the post is carried by "
    "fishing boats, and the school at Norr is closed. Shops on the islands say that the strike has emptied their "
    "shelves, and the ferry company says that it loses two million crowns with each week of the strike."
)
STORIES = [
    (
        "Mill burns at Tolver",
        "Tarn Herald",
        "2025-06-02",
        (
            "Two people were hurt when the old mill at Tolver burned on Sunday night, the fire brigade said.\n\n"
            "The fire at the mill in Tolver began in the loft, and thirty firefighters fought it until dawn."
        ),
    ),
    (
        "Two hurt in mill fire",
        "Canal Watch",
        "2025-06-02",
        (
            "A fire at the mill in Tolver hurt two people overnight, a miller and a firefighter.\n\n"
            "Flames in the mill were seen from Wick. The mill belongs to the family of Piet Holloway."
        ),
    ),
    (
        "Mill fire: a third person hurt",
        "Tarn Herald",
        "2025-06-05",
        (
            "Three people are now known to have been hurt in the fire at the mill in Tolver, the fire brigade said.\n\n"
            "Investigators found that an overheated bearing had caused the fire, and ruled out arson."
        ),
    ),
    ("Tram", "Ostby Gazette", "2025-04-10", TRAM.format(120, ENDINGS[0])),
    ("Tram", "Canal Watch", "2025-04-11", TRAM.format(120, ENDINGS[1])),
    ("Tram", "Wick Post", "2025-04-11", TRAM.format(120, ENDINGS[2])),
    ("Tram", "Norr Echo", "2025-04-10", TRAM.format(60, ENDINGS[3])),
    (
        "Herring quota cut",
        "Norr Echo",
        "2025-01-20",
        "The herring quota off Norr falls by a tenth, the ministry of fisheries said on Monday.",
    ),
    (
        "Ferry strike may end",
        "Norr Echo",
        "2025-05-20",
        "The ferry strike in Norr may be over soon, the company said, and crews will vote on an offer on Wednesday.",
    ),
    ("Islands without guests", "Norr Echo", "2025-05-22", FERRIES),
    (
        "Baker shot at Wick",
        "Wick Post",
        "2025-02-02",
        (
            "Who shot the baker Anton Mirov is unknown: police in New Harbour City released photos on Sunday.\n\n"
            "A week later the police arrested Karel Dunst, who shot Mirov over a debt, the prosecutor said."
        ),
    ),
]


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hard-cases")
    for number, (title, outlet, published, text) in enumerate(STORIES):
        story = {"title": title, "outlet": outlet, "published": published, "text": text}
        (folder / f"{number}.json").write_text(json.dumps(story), "utf-8")
    index = tmp_path_factory.mktemp("hard-cases-index")
    index_source(Settings(index=index), str(folder))
    with NewsQA.open(index) as news:
        yield news


def test_a_question_for_the_cause_is_answered_with_it(news):
    answer = news.ask("What caused the fire at the mill in Tolver?")
    assert "an overheated bearing had caused the fire" in answer.text


def test_nothing_of_another_time_answers_a_question_about_yesterday(news):
    answer = news.ask("How many people were hurt in the mill fire yesterday?", asked=date(2025, 7, 20))
    assert answer.refused
    assert "No article of 19 July 2025 was found" in answer.notices[0]
    assert "5 June 2025" in answer.notices[0]
    assert answer.nearest[0].title == "Mill fire: a third person hurt"


def test_a_question_about_yesterday_is_answered_from_yesterday(news):
    answer = news.ask("How many people were hurt in the mill fire yesterday?", asked=date(2025, 6, 6))
    assert "Three people" in answer.text
    assert answer.notices == ()


def test_near_copies_that_differ_in_a_number_are_no_copies(news):
    answer = news.ask("How many times a day will the new tram line to the hospital run?")
    carried = {}
    for citation in answer.citations:
        outlets = {citation.outlet, *(copy.outlet for copy in citation.also_carried_by)}
        carried["60" if " 60 times" in citation.quote else "120"] = outlets
    assert carried == {"120": {"Ostby Gazette", "Canal Watch", "Wick Post"}, "60": {"Norr Echo"}}
    assert "120 times a day" in answer.text
    assert "60 times a day" in answer.text


def talk(news, *questions):
    """Return the answers of a conversation."""
    answers = []
    for question in questions:
        history = [Turn.from_answer(answer) for answer in answers]
        answers.append(news.ask(question, history=history, asked=date(2025, 6, 10)))
    return answers


def test_a_follow_up_is_answered_about_the_same_thing_also_after_a_refusal(news):
    _, refused, follow_up, owner = talk(
        news,
        "What caused the fire at the mill in Tolver?",
        "Was the captain of the tanker drunk?",
        "And how many firefighters fought it?",
        "Who does it belong to?",
    )
    assert refused.refused
    assert follow_up.standalone == "Tolver: how many firefighters fought it?"
    assert "thirty firefighters" in follow_up.text
    assert owner.standalone == "Tolver: Who does it belong to?"
    assert "the family of Piet Holloway" in owner.text


def test_a_new_question_leaves_the_topic(news):
    *_, quota = talk(news, "What caused the fire at the mill in Tolver?", "By how much does the herring quota fall?")
    assert quota.standalone == "By how much does the herring quota fall?"
    assert "by a tenth" in quota.text


def test_what_still_goes_on_is_read_in_the_opening_of_the_newest_article(news):
    answer = news.ask("Is the ferry strike in Norr over?", asked=date(2025, 5, 23))
    assert "voted on Wednesday to stay away" in answer.text
    assert "may be over soon" not in answer.text


def test_a_title_of_the_victim_and_a_place_are_not_who_did_it(news):
    assert "Karel Dunst" in news.ask("Who shot Anton Mirov?").text


def test_few_words_are_read_with_the_topic(news):
    *_, owner = talk(news, "What caused the fire at the mill in Tolver?", "any firefighter?")
    assert owner.standalone == "Tolver: any firefighter?"


def test_a_bare_topic_gets_an_overview_with_the_newest_first(news):
    answer = news.ask("mill fire?")
    assert answer.kind == "overview"
    assert answer.citations[0].published == date(2025, 6, 5)
    assert "overheated bearing" in answer.text
    assert {citation.title for citation in answer.citations} <= {title for title, *_ in STORIES[:3]}
    assert len(answer.text.split()) <= 170
