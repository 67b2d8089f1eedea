"""Drafted questions: an article to draft from, what a draft is, and the rules that draft without a model.

The rules make a sentence with a blank to fill in, or ask for the source of a quote:

The Grey Heron left Orrinport at 6.40 a.m. with 112 passengers.
  → Fill in the blank: "The Grey Heron left Orrinport at 6.40 a.m. with ____ passengers."     ["112"]
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Literal

from newsqa.answer.candidates import needs_context
from newsqa.answer.conversation import has_reference
from newsqa.errors import SourceError
from newsqa.evals.datasets.items import Gold, Item, item_record
from newsqa.text.calendar import CALENDAR, clocks, dates, format_day, moments
from newsqa.text.entities import MEASURE_OF, SPANS_OF_TIME, names, numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import FUNCTION_WORDS, content_stems, fold, lower_case_words, quoted, word_set, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from random import Random

    from newsqa.text.entities import Name, Number
    from newsqa.types import AnswerKind, Article, JsonObject

Form = Literal["cloze", "source", "written"]

READ = 20_000
"""Characters of an article that are drafted from; a long news article has as many, a book on one page has more."""

ASKED_AFTER = 1  # days after an article's publication on which its question is asked


@dataclass(frozen=True)
class SourceArticle:
    """An article that questions are drafted from: its sentences and its names."""

    article: Article

    @cached_property
    def text(self) -> str:
        """The part of its text that is drafted from."""
        return self.article.text[:READ]

    @cached_property
    def sentences(self) -> tuple[SourceSentence, ...]:
        """Its sentences in order, without one that was cut."""
        spans = sentence_spans(self.text)
        whole = spans if len(self.article.text) <= READ else spans[:-1]
        return tuple(SourceSentence(self, *span) for span in whole)

    @cached_property
    def common(self) -> frozenset[str]:
        """Folded words that it also writes in lower case: at the head of a sentence they are no names."""
        return lower_case_words(self.text)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The names inside its sentences: the first word of a sentence has its capital for its place."""
        heads = {sentence.start for sentence in self.sentences}
        return tuple(name for name in names(self.text, self.common) if len(name.words) > 1 or name.start not in heads)


@dataclass(frozen=True)
class SourceSentence:
    """A span of an article: `text == source.article.text[start:end]`."""

    source: SourceArticle
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its words, as stored."""
        return self.source.article.text[self.start : self.end]

    def part(self, start: int, end: int) -> SourceSentence:
        """Return a span inside it, with offsets from its own start."""
        return SourceSentence(self.source, self.start + start, self.start + end)


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question about a sentence of an article.

    `form` names what drafted it and `kind` what the question asks for. `answers` are the accepted ones; those of the
    form "source" are the parts of one answer, all of them required.
    """

    question: str
    answers: tuple[str, ...]
    kind: AnswerKind
    form: Form
    sentence: SourceSentence


def holds_any(text: str, answers: Sequence[str]) -> bool:
    """Return True if a text holds one of the answers, as whole words and whatever their case and accents."""
    folded = _folded(text)
    return any(_folded(answer) in folded for answer in answers)


def _folded(text: str) -> str:
    return f" {' '.join(word.folded for word in words(text))} "


# Lines of a set.


def answerable_item(draft: DraftQuestion) -> Item:
    """Return the question with its answer and gold, asked on the day after its article appeared."""
    article = draft.sentence.source.article
    is_source = draft.form == "source"
    return Item(
        id=_item_id(draft, draft.form),
        question=draft.question,
        answers=(draft.answers,) if is_source else draft.answers,
        asked=article.published and article.published + timedelta(days=ASKED_AFTER),
        answerable=True,
        gold=(Gold(article.url, article.path or None, article.id, draft.sentence.text),),
        tags=(draft.form,) if is_source else (draft.form, draft.kind),
        meta=_meta(draft),
    )


def unanswerable_item(draft: DraftQuestion, as_of: date) -> Item:
    """Return the question asked as of a day on which nothing visible answers it; `meta.hidden` says what it hides."""
    sentence = draft.sentence
    hidden = {"article_id": sentence.source.article.id, "quote": sentence.text, "answers": list(draft.answers)}
    return Item(
        id=_item_id(draft, "unanswerable"),
        question=draft.question,
        asked=as_of,
        as_of=as_of,
        answerable=False,
        tags=("unanswerable", draft.form, draft.kind),
        meta={**_meta(draft), "hidden": hidden},
    )


def _meta(draft: DraftQuestion) -> JsonObject:
    return {"drafted": True, "how": draft.form, "group": draft.sentence.source.article.id}


def _item_id(draft: DraftQuestion, prefix: str) -> str:
    """Make an id from article and question, so that the same draft has the same id in every set."""
    named = f"{draft.sentence.source.article.id}\0{draft.question}"
    return f"{prefix}-{hashlib.blake2b(named.encode(), digest_size=4).hexdigest()}"


# The file.


def refuse_existing(path: Path) -> None:
    """Raise SourceError if there is something at a path already: a person may have edited it."""
    if path.exists() or path.is_symlink():
        raise SourceError(
            f"{path} is there already, and may have been edited.",
            hint="Name another file with --out, or move this one away.",
        )


def write_set(items: Sequence[Item], path: Path) -> None:
    """Write a set, one question a line, to a new file. Raises SourceError if it exists or cannot be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(_lines(items))
    except FileExistsError:
        refuse_existing(path)
        raise
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written: {error.strerror}.", hint="Name another file with --out."
        ) from error


def _lines(items: Sequence[Item]) -> Iterator[str]:
    """Yield a line for each question; what no editor shows, or would steer a terminal, is a JSON escape."""
    for item in items:
        text = json.dumps(item_record(item), ensure_ascii=False)
        yield "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text) + "\n"


# The rules.

SHORTEST, LONGEST = 8, 40  # words of a sentence or quote that is asked about

CONTENT_OF_CLOZE, CONTENT_OF_QUOTE = 4, 6
"""Different content words that it must have, so that few other sentences say the same."""

BLANK = "____"
CLOZE_FRAME = "Fill in the blank: "
SHORTEST_PHRASE, LONGEST_PHRASE = 2, 12  # words of a quoted phrase that is blanked out

SOURCE_QUESTIONS = (
    "Which article, outlet and date does this quote come from: “{words}”?",
    "Who published these words, in which article and on what day: “{words}”?",
    "I remember reading “{words}” Which article was that in, from which outlet, and when did it appear?",
    "Find the source of this: “{words}” I need the headline, the outlet and the date.",
)

_PROSE = re.compile(r"[A-ZÀ-Þ’'](?!.*\b(?:story|article)\shas\sbeen\b).*[.!?…]['’)]?$", re.DOTALL)
_CAPTION = re.compile(r"[/@]|\((?:left|right|center|centre)\)|\bpictured\b", re.IGNORECASE)
_MARKED = re.compile(r"[\"“”«»\n\x00-\x1f\u200b-\u200f\u202a-\u202e]")
_PLAIN_SHARE = 0.8  # the share of words without a digit and not in capitals, below which a line is a table's
_GRAMMAR_SHARE = 0.2  # the share of function words, below which a line is a heading or a list

_OUTSIDE = word_set("I I'm me my My we We us our Our you You your Your here Here them Them")
_ANY_DAY = date(2000, 1, 1)
_UNIT = re.compile(r"[\s-](?P<word>[^\W\d_]+)")
_BEFORE, _AFTER = frozenset(' (“"‘'), frozenset(" .,;:!?)”\"’'")


# Fill in the blank.


def cloze_questions(source: SourceArticle) -> Iterator[DraftQuestion]:
    """Draft a question for each value of each sentence of an article that can be understood alone."""
    for sentence in source.sentences:
        if not _can_be_asked(sentence):
            continue
        text = sentence.text
        mark = "“{}”" if '"' in text else '"{}"'
        for value in _values(sentence):
            blanked = f"{text[: value.start]}{BLANK}{text[value.end :]}"
            question = CLOZE_FRAME + mark.format(blanked)
            answers = _spellings(text[value.start : value.end])
            if not holds_any(question, answers):
                yield DraftQuestion(question, answers, value.kind, "cloze", sentence)


def depends_on_context(text: str) -> bool:
    """Return True if a text points at what it does not hold: “it”, “we”, “yesterday”, “on Friday”."""
    outside = text
    for said in quoted(text):
        outside = outside.replace(said, "")
    if has_reference(text) or _OUTSIDE.intersection(word.text for word in words(outside)):
        return True
    named = [(found.start, found.end) for found in dates(text)]
    relative = (moment for moment in moments(text, _ANY_DAY) if moment.day)
    return any(all(moment.end <= start or end <= moment.start for start, end in named) for moment in relative)


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of a sentence that can be blanked out, with its span."""

    kind: AnswerKind
    start: int
    end: int


def _spellings(value: str) -> tuple[str, ...]:
    """Return a value as written, and a percentage in its other usual spellings."""
    bare = re.sub(r"(?:\s?%|[\s-]per\s?cent)$", "", value, flags=re.IGNORECASE)
    return (value,) if bare == value else tuple(dict.fromkeys((value, f"{bare}%", f"{bare} percent")))


def _can_be_asked(sentence: SourceSentence) -> bool:
    """Return True for a sentence of prose with a named subject, which is understood without the ones around it."""
    text = sentence.text
    return (
        SHORTEST <= len(text.split()) <= LONGEST
        and text.isprintable()
        and _is_sentence(text)
        and _reads_as_prose(text)
        and _has_paired_marks(text)
        and _has_named_subject(sentence)
        and not needs_context(text)
        and not depends_on_context(CLOZE_FRAME + text)
        and len(set(content_stems(words(text)))) >= CONTENT_OF_CLOZE
    )


def _has_paired_marks(text: str) -> bool:
    """Return True if every quotation in a text is closed in it, and all have marks of one kind."""
    straight, opened = text.count('"'), text.count("“")
    return opened == text.count("”") and straight % 2 == 0 and not (straight and opened)


def _has_named_subject(sentence: SourceSentence) -> bool:
    """Return True if a sentence opens with a whole name: “Runa Selbach”, not the “Selbach” of a later mention.

    “The Harbour Workers' Union” is one too; “The Ostby …” may be any resident of Ostby. A single word must have its
    capital inside another sentence too, or it may be no name: “Doctors”.
    """
    found = names(sentence.text, sentence.source.common)
    if not found or set(found[0].words) <= CALENDAR:
        return False
    subject, before = found[0], sentence.text[: found[0].start].strip().lower()
    if len(subject.words) > 1:
        return before in {"", "the"}
    known = {name.words for name in sentence.source.names if name.words[-1] == subject.words[0]}
    return not before and known == {subject.words}


def _values(sentence: SourceSentence) -> Iterator[_Value]:
    text = sentence.text
    for value in chain(_times_and_numbers(text), _phrases(text), _named(sentence)):
        before, after = text[value.start - 1 : value.start], text[value.end : value.end + 1]
        if before in _BEFORE and after in _AFTER and text.count(text[value.start : value.end]) == 1:
            yield value


def _times_and_numbers(text: str) -> Iterator[_Value]:
    times = [_Value("date", day.start, day.end) for day in dates(text)]
    times += [_Value("date", clock.start, clock.end) for clock in clocks(text)]
    yield from times
    for number in numbers(text):
        in_time = any(time.start < number.end and number.start < time.end for time in times)
        if in_time or number.value < 2 or number.text.endswith(("st", "nd", "rd", "th")):  # “one” is often a pronoun
            continue
        is_year = not number.unit and number.text.isdigit() and len(number.text) == len("2025")
        yield _Value("date", number.start, number.end) if is_year else _with_unit(number, text)


def _with_unit(number: Number, text: str) -> _Value:
    """Take the word of a measure or currency along: “twelve days”, “600 crowns”."""
    following = _UNIT.match(text, number.end)
    measure = MEASURE_OF.get(following["word"].lower(), "") if following and not number.unit else ""
    is_money = number.unit not in {"", "%", "s"}
    in_words = is_money and not number.text.startswith(number.unit)
    end = following.end() if following and (measure or in_words) else number.end
    kind: AnswerKind = "money" if is_money else "duration" if measure in SPANS_OF_TIME else "number"
    return _Value(kind, number.start, end)


def _phrases(text: str) -> Iterator[_Value]:
    for said in quoted(text):
        phrase = said.strip().rstrip(",.;")
        start = text.find(phrase)
        if SHORTEST_PHRASE <= len(words(phrase)) <= LONGEST_PHRASE:
            yield _Value("said", start, start + len(phrase))


def _named(sentence: SourceSentence) -> Iterator[_Value]:
    """Yield the names after the subject, without a possessive ending."""
    for name in names(sentence.text, sentence.source.common)[1:]:
        bare = name.text.removesuffix("’s").removesuffix("'s")
        if not set(name.words) <= CALENDAR:
            yield _Value("any", name.start, name.start + len(bare))


# Where a quote comes from.


def source_questions(source: SourceArticle, random: Random) -> Iterator[DraftQuestion]:
    """Draft questions for the source of an article's words, in random order.

    None is drafted from an article without a title, or with neither outlet nor day.
    """
    parts = _source_parts(source)
    sentences = list(source.sentences) if len(parts) > 1 and source.article.title else []
    random.shuffle(sentences)
    for sentence in sentences:
        for quote in _quotable(sentence):
            question = random.choice(SOURCE_QUESTIONS).format(words=quote.text)
            yield DraftQuestion(question, parts, "any", "source", quote)


def _source_parts(source: SourceArticle) -> tuple[str, ...]:
    """Return title, outlet and day of an article, those that are known."""
    article = source.article
    parts = (article.title, article.outlet, format_day(article.published) if article.published else None)
    return tuple(part for part in parts if part)


def _quotable(sentence: SourceSentence) -> Iterator[SourceSentence]:
    """Yield the quotations inside a sentence, else the whole sentence if it is plain prose."""
    text = sentence.text
    inside = [part.strip().rstrip(",") for part in quoted(text)]
    for said in inside or [text]:
        fits = SHORTEST <= len(said.split()) <= LONGEST and not _MARKED.search(said)
        enough = len(set(content_stems(words(said)))) >= CONTENT_OF_QUOTE
        if fits and enough and (inside or _is_sentence(said)) and _reads_as_prose(said):
            start = text.index(said)
            yield sentence.part(start, start + len(said))


def _is_sentence(text: str) -> bool:
    """Return False for a caption, a link or a heading: a sentence ends in a mark and has words of grammar."""
    tokens = text.split()
    shouted = len(tokens[0]) > 2 and tokens[0].strip(":").isupper()
    grammar = sum(fold(token.strip(",.;:")) in FUNCTION_WORDS for token in tokens if not token[0].isupper())
    enough = grammar >= _GRAMMAR_SHARE * len(tokens)
    return enough and not shouted and not _CAPTION.search(text) and _PROSE.match(text) is not None


def _reads_as_prose(text: str) -> bool:
    """Return False for the line of a table or a list of names."""
    tokens = text.split()
    plain = sum(not any(c.isdigit() for c in token) and not (len(token) > 3 and token.isupper()) for token in tokens)
    lower = sum(token[0].islower() for token in tokens)
    return plain >= _PLAIN_SHARE * len(tokens) and 2 * lower >= len(tokens)
