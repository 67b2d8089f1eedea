"""Inputs made to break what reads them (tests/data/nasty/inputs.jsonl), and what reads or shows text from outside."""

from __future__ import annotations

import io
import json
import re
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from example_answers import ARTICLE, an_answer, citation
from rich.console import Console

from newsqa.answer.drafts import DraftReader
from newsqa.answer.fact_check import read_statements
from newsqa.answer.leaks import has_leak
from newsqa.ingest.clean import clean
from newsqa.ingest.files import FileFound, RawArticle
from newsqa.ingest.people import find_people
from newsqa.ingest.readers.registry import FORMATS, read_file
from newsqa.ingest.scan import scan
from newsqa.ingest.written_dates import find_written_dates
from newsqa.render import discord, plain, slack, terminal
from newsqa.render.clean import at_quote, safe, safe_line, web_address
from newsqa.render.record import from_record, to_line, to_record
from newsqa.search.read import split_question
from newsqa.search.sources import quotation_in
from newsqa.search.understand import MAX_CHARACTERS, answer_kind, is_usable, understand
from newsqa.store.records import Lexicon
from newsqa.text.sentences import passage_spans
from newsqa.types import NO_BOUNDS, Hit, Passage, Sentence
from newsqa.verify.judge import read_verdicts
from newsqa.verify.quantities import implied_quantities, quantities
from places import DATA

COMMANDS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
LONGEST_SENTENCE = 1_500
LONGEST_SHOWN = 5_000
TODAY = date(2025, 6, 1)
EVIDENCE = [Hit(Passage(1, ARTICLE.id, 0, len(ARTICLE.text), ARTICLE.text), ARTICLE, 0.9)]


def nasty_inputs() -> dict[str, str]:
    lines = (DATA / "nasty" / "inputs.jsonl").read_text("utf-8").splitlines()
    return {one["name"]: one["text"] * one["times"] for one in map(json.loads, lines)}


def read_as(suffix: str, text: str) -> None:
    """Read a file of that kind; each article can be stored, as it is or cleaned."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"a{suffix}").write_bytes(text.encode("utf-8", "surrogatepass"))
        for found in scan(folder):
            for item in read_file(found) if isinstance(found, FileFound) else ():
                if isinstance(item, RawArticle):
                    assert clean(item.text).encode() is not None
                    passage_spans(clean(item.text))


def ask(text: str) -> None:
    """Read a question, as far as one that is longer is not refused."""
    text = text[:MAX_CHARACTERS]
    is_usable(text)
    query = understand(text, TODAY, Lexicon(("Tarn Herald",), ("Ilse Brandvold",)), NO_BOUNDS)
    assert query.text == text
    answer_kind(text)
    split_question(text)
    quotation_in(text)


def draft(text: str) -> None:
    """Read what a model wrote, whole and in pieces; a quote is a span of its article."""
    for pieces in ([text], [text[n : n + 700] for n in range(0, len(text), 700)]):
        reader = DraftReader(EVIDENCE, "Who kept the lighthouse?")
        events = [*(event for piece in pieces for event in reader.feed(piece)), *reader.close()]
        for quote in (quote for event in events for quote in getattr(event, "quotes", ())):
            assert quote.text == ARTICLE.text[quote.start : quote.end]
    read_verdicts(text, 3, "judge")
    [*read_statements([text])]
    has_leak(text, "the pass phrase is heron-lantern", "")


def values(text: str) -> None:
    """Read the numbers, days and people of a sentence, which has 120 words at most."""
    text = text[:LONGEST_SENTENCE]
    quantities(text)
    implied_quantities(text)
    [*find_written_dates(text)]
    find_people(text)


def show(text: str) -> None:
    """Show it as title, outlet, sentence, quote and notice; nothing is left that commands or hides."""
    text = text[:LONGEST_SHOWN]
    article = replace(ARTICLE, title=text, outlet=text, url=f"https://a.example/{text[:99]}", text=text or "x")
    cited = citation(1, article.text, article)
    answer = an_answer(text=f"{text} [1]", sentences=(Sentence(text, (1,), 1.0),), citations=(cited,), notices=(text,))
    console = Console(width=80, record=True, file=io.StringIO(), force_terminal=True)
    console.print(terminal.answer_view(answer))
    for out in (console.export_text(), plain.answer_text(answer), plain.quote_text(cited), safe(text), safe_line(text)):
        assert not COMMANDS.search(out)
    slack.render_answer(answer, "e1")
    slack.render_sources(answer)
    discord.render_answer(answer, "e1")
    discord.render_sources(answer)
    slack.strip_markup(text)
    discord.strip_markup(text)
    assert from_record(json.loads(to_line(to_record(answer)))).question == answer.question
    if address := web_address(article.url):
        at_quote(address, text)


READERS = {f"{one.name}{suffix}": suffix for one in FORMATS for suffix in one.suffixes[-1:]}
PARSERS = {"question": ask, "draft": draft, "values": values, "shown": show}
