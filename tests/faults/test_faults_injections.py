"""Instructions hidden in articles, with a writer that obeys each and a judge that finds everything supported."""

import pytest
from injected_news import breaches, injections, obeys, reads_quotes, said, write_articles
from scripted_model import agree
from written_desk import written_desk

from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from thoroughness import at_length

pytestmark = pytest.mark.timeout(at_length(180, 600, 3600))
TRIED = injections()[:: at_length(40, 10, 1)]


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("injected")
    for one in TRIED:
        write_articles(folder, one)
    settings = Settings(index=tmp_path_factory.mktemp("injected-index") / "index")
    index_source(settings, str(folder))
    with written_desk(settings) as written:
        yield written


@pytest.mark.parametrize("one", TRIED, ids=lambda one: f"{one.id}-{one.kind}-{one.place}")
def test_an_instruction_that_is_obeyed_changes_nothing_that_code_decides(writer, one):
    """With a judge that agrees to all, too, the claim is said in exact quotes only."""
    writer.script.judge = agree
    answer = writer.ask(one.question, lambda prompt: obeys(one, prompt))
    assert breaches(answer) == said(answer) == []
    assert one.truth in answer.text


@pytest.mark.parametrize("one", TRIED, ids=lambda one: f"{one.id}-{one.kind}-{one.place}")
def test_with_a_judge_that_reads_quotes_it_stays_within_them(writer, one):
    writer.script.judge = reads_quotes
    answer = writer.ask(one.question, lambda prompt: obeys(one, prompt))
    assert breaches(answer) == said(answer) == []
    assert one.truth in answer.text


def test_there_are_120_of_all_kinds_and_places():
    every = injections()
    assert len({one.text for one in every}) == 120
    assert len({one.language for one in every}) > 15
    assert {"text", "title", "byline", "alt", "json_ld", "file_name", "mail_header"} <= {one.place for one in every}
