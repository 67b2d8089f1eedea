"""Questions drafted by rules: a sentence with a blank to fill in, and a quote whose source is asked for.

The Grey Heron left Orrinport at 6.40 a.m. with 112 passengers.
  → Fill in the blank: "The Grey Heron left Orrinport at 6.40 a.m. with ____ passengers."     ["112"]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from newsqa.answer.candidates import needs_context
from newsqa.answer.follow_ups import has_open_reference
from newsqa.evals.make.questions import DraftQuestion, holds_any
from newsqa.render.wording import day
from newsqa.text.calendar import CALENDAR, dates
from newsqa.text.names import names
from newsqa.text.numbers import numbers
from newsqa.text.words import FUNCTION_WORDS, content_stems, fold, quoted, word_set, words
from newsqa.verify.facts.amounts import MEASURE_OF, SPANS_OF_TIME
from newsqa.verify.facts.moments import clocks, moments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from newsqa.evals.make.questions import SourceArticle, SourceSentence
    from newsqa.text.numbers import Number
    from newsqa.types import AnswerKind

SHORTEST, LONGEST = 8, 40
"""Words of a sentence or quote that is asked about."""

CONTENT_OF_CLOZE, CONTENT_OF_QUOTE = 4, 6
"""Different content words that it must have, so that few other sentences say the same."""

BLANK = "____"
CLOZE_FRAME = "Fill in the blank: "
SHORTEST_PHRASE, LONGEST_PHRASE = 2, 12
"""Words of a quoted phrase that is blanked out."""

SOURCE_QUESTIONS = (
    "Which article, outlet and date does this quote come from: “{words}”?",
    "Who published these words, in which article and on what day: “{words}”?",
    "I remember reading “{words}” Which article was that in, from which outlet, and when did it appear?",
    "Find the source of this: “{words}” I need the headline, the outlet and the date.",
)

_PROSE = re.compile(r"[A-ZÀ-Þ’'](?!.*\b(?:story|article)\shas\sbeen\b).*[.!?…]['’)]?$", re.DOTALL)
_CAPTION = re.compile(r"[/@]|\((?:left|right|center|centre)\)|\bpictured\b", re.IGNORECASE)
_MARKED = re.compile(r"[\"“”«»\n\x00-\x1f\u200b-\u200f\u202a-\u202e]")
_PLAIN_SHARE = 0.8
"""The share of words without a digit and not in capitals, below which a line is a table's."""

_GRAMMAR_SHARE = 0.2
"""The share of function words, below which a line is a heading or a list."""

_OUTSIDE = word_set("I I'm me my My we We us our Our you You your Your here Here them Them")
_ANY_DAY = date(2000, 1, 1)
_UNIT = re.compile(r"[\s-](?P<word>[^\W\d_]+)")
_BEFORE, _AFTER = frozenset(' (“"‘'), frozenset(" .,;:!?)”\"’'")


# --- fill in the blank --------------------------------------------------------------------------------------------


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
    if has_open_reference(text) or _OUTSIDE.intersection(word.text for word in words(outside)):
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


# --- where a quote comes from -------------------------------------------------------------------------------------


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
    parts = (article.title, article.outlet, day(article.published) if article.published else None)
    return tuple(part for part in parts if part)


def _quotable(sentence: SourceSentence) -> Iterator[SourceSentence]:
    """Yield the quotations inside a sentence, else the whole sentence where it is plain prose."""
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
