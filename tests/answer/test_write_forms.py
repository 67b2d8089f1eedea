"""What a chat model is asked for each form of question, the evidence that it is shown, and how its lines are set."""

import json

import pytest
from scripted_model import Script
from written_desk import written_desk

from newsqa.ingest.indexer import index_source
from newsqa.pipeline import NO_DRAFT
from newsqa.settings import Settings

LAST = "The dam needs no more repairs, the county said."
STORY = {
    "2025-03-02": (
        "Crack found in Ostrel Dam",
        "Divers found a crack of eleven metres in Ostrel Dam on Sunday. Ilva Tam, the county's engineer, closed the "
        "road below it. " + "Herons fished in the shallow water all day. " * 30 + LAST,
    ),
    "2025-03-09": (
        "Ostrel Dam is drained",
        "Ostrel Dam was drained to half of its height on Saturday. The lake gave up 40 boats and a bus.",
    ),
    "2025-03-30": (
        "Ostrel Dam opens again",
        "Ostrel Dam opened again on Friday after the crack was filled with 300 tonnes of grout.",
    ),
}
ELSEWHERE = "The carnival in Wick drew 2,000 dancers on Sunday. Nobody counted the gulls."


@pytest.fixture(scope="module")
def dam_index(made_once, tmp_path_factory):
    def make(folder):
        news = tmp_path_factory.mktemp("dam")
        for number, (day, (title, text)) in enumerate(STORY.items()):
            article = {"title": title, "outlet": "Tarn Herald", "published": day, "text": text}
            (news / f"{number}.json").write_text(json.dumps(article), "utf-8")
        (news / "wick.json").write_text(json.dumps({"title": "Carnival", "text": ELSEWHERE}), "utf-8")
        index_source(Settings(index=folder), str(news))

    return made_once("dam-index", make)


@pytest.fixture(scope="module")
def opened(dam_index):
    with written_desk(Settings(index=dam_index, timeout=20)) as written:
        yield written


@pytest.fixture
def writer(opened):
    vars(opened.script).update(vars(Script(url=opened.script.url)))
    return opened


class Replying:
    """Cites each piece of evidence with its first sentence; keeps the prompt."""

    def __call__(self, prompt):
        self.prompt = prompt
        texts = {key: text.split("<<<\n")[1].split("\n>>>")[0] for key, text in prompt.evidence.items()}
        return "\n".join(f"{text.split('. ')[0].rstrip('.')} [{key}]." for key, text in texts.items())

    @property
    def instructions(self):
        return self.prompt.messages[0][1]


def test_a_direct_question_shows_the_best_article_whole_before_passages_of_others(writer):
    replying = Replying()
    writer.ask("How long was the crack that divers found in Ostrel Dam?", replying)
    first, *others = replying.prompt.evidence.values()
    assert "Crack found in Ostrel Dam" in first
    assert first.count("Herons fished") == 30
    assert LAST in first
    assert others
    assert not any("Crack found in Ostrel Dam" in other for other in others)
    assert "one to three short sentences" in replying.instructions


@pytest.mark.parametrize("question", ["Summarise the Ostrel Dam story", "What happened at Ostrel Dam?", "Ostrel Dam"])
def test_an_overview_shows_a_piece_an_article_and_has_a_line_for_each_newest_first(writer, question):
    replying = Replying()
    answer = writer.ask(question, replying)
    days = [text.split(", ")[1] for text in replying.prompt.evidence.values()]
    assert days == ["30 March 2025", "9 March 2025", "2 March 2025"]
    assert "Write one line for each piece of evidence" in replying.instructions
    assert (answer.kind, answer.model) == ("overview", "openai:stand-in")
    assert answer.text.splitlines() == [
        "- 30 March 2025: Ostrel Dam opened again on Friday after the crack was filled with 300 tonnes of grout. [1]",
        "- 9 March 2025: Ostrel Dam was drained to half of its height on Saturday. [2]",
        "- 2 March 2025: Divers found a crack of eleven metres in Ostrel Dam on Sunday. [3]",
    ]
    assert 0.5 < answer.confidence <= 1


def test_a_timeline_is_written_in_the_order_of_the_days(writer):
    replying = Replying()
    answer = writer.ask("timeline of Ostrel Dam", replying)
    assert answer.kind == "timeline"
    assert [line.split(":")[0] for line in answer.text.splitlines()] == [
        "- 2 March 2025",
        "- 9 March 2025",
        "- 30 March 2025",
    ]


def test_where_a_model_finds_no_story_sentences_of_its_articles_answer(writer):
    answer = writer.ask("Summarise the Ostrel Dam story", "NOT FOUND")
    assert (answer.kind, answer.model, answer.notices) == ("overview", "extractive", (NO_DRAFT,))
    assert answer.text.splitlines()[0].startswith("- 30 March 2025: Ostrel Dam opened again on Friday")


def test_a_list_is_written_a_line_an_item(writer):
    shown = []
    reply = "The lake gave up 40 boats and a bus [{0}]. The crack was filled with 300 tonnes of grout [{1}]."

    def replying(prompt):
        shown.append(prompt.messages[0][1])
        return reply.format(prompt.key("40 boats"), prompt.key("300 tonnes"))

    answer = writer.ask("List the things that were found or used at Ostrel Dam", replying)
    assert "Write one line for each item" in shown[0]
    assert (answer.kind, len(answer.text.splitlines())) == ("list", 2)
    assert all(line.startswith("- ") for line in answer.text.splitlines())


def test_a_story_that_the_articles_do_not_hold_is_refused_without_asking_the_model(writer):
    answer = writer.ask("Summarise the strike of the chess masters of Varn", "It went on [1].")
    assert answer.refused
    assert writer.script.requests == []
