"""Questions that rules draft from an article: a sentence with a blank to fill in, or the source of a quote.

The Grey Heron left Orrinport at 6.40 a.m. with 112 passengers.
  → Fill in the blank: "The Grey Heron left Orrinport at 6.40 a.m. with ____ passengers."     ["112"]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from newsqa.answer.candidates import needs_context
from newsqa.answer.conversation import has_reference
from newsqa.text.calendar import CALENDAR, clocks, dates, format_day, moments
from newsqa.text.entities import names, numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import FUNCTION_WORDS, fold, lower_case_words, quoted, stem_set, word_set, words
from newsqa.types import AnswerKind, Article, Quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    Value = tuple[AnswerKind, int, int]
    """What can be blanked out: what it is asked for as, and its span."""

Form = Literal["cloze", "source", "written"]

READ = 20_000
"""Characters of an article that are drafted from; a long news article has as many, a book on one page has more."""

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
_PERCENT = re.compile(r"(?:\s?%|[\s-]per\s?cent)$", re.IGNORECASE)
_PLAIN_SHARE = 0.8  # the share of words without a digit and not in capitals, below which a line is a table's
_GRAMMAR_SHARE = 0.2  # the share of function words, below which a line is a heading or a list

_OUTSIDE = word_set("I I'm me My my We we us Our our You you Your your Here here Them them")
_ANY_DAY = date(2000, 1, 1)
_BEFORE, _AFTER = frozenset(' (“"‘'), frozenset(" .,;:!?)”\"’'")


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question about a sentence of an article, or a quote in it.

    `form` names what drafted it and `kind` what the question asks for. `answers` are the accepted ones; those of the
    form "source" are the parts of one answer, all of them required.
    """

    question: str
    answers: tuple[str, ...]
    kind: AnswerKind
    form: Form
    sentence: Quote


def holds_any(text: str, answers: Sequence[str]) -> bool:
    """Return True if a text holds one of the answers, as whole words and whatever their case and accents."""
    folded = _folded(text)
    return any(_folded(answer) in folded for answer in answers)


def _folded(text: str) -> str:
    return f" {' '.join(word.folded for word in words(text))} "


def part(quote: Quote, start: int, end: int) -> Quote:
    """Return a span inside a quote, by offsets from its start."""
    return Quote(quote.article, quote.start + start, quote.start + end)


def sentences_of(article: Article) -> list[Quote]:
    """Return the sentences of the part of an article that is drafted from, without one that was cut."""
    spans = sentence_spans(article.text[:READ])
    return [Quote(article, *span) for span in (spans if len(article.text) <= READ else spans[:-1])]


# Fill in the blank.


def cloze_questions(article: Article) -> Iterator[DraftQuestion]:
    """Draft a question for each value of each sentence of an article that can be understood alone."""
    common = lower_case_words(article.text[:READ])
    for sentence in sentences_of(article):
        text = sentence.text
        mark = "“{}”" if '"' in text else '"{}"'
        for kind, start, end in _values(text, common) if _can_be_asked(text, common) else ():
            question = CLOZE_FRAME + mark.format(f"{text[:start]}{BLANK}{text[end:]}")
            answers = _spellings(text[start:end])
            if not holds_any(question, answers):
                yield DraftQuestion(question, answers, kind, "cloze", sentence)


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


def _spellings(value: str) -> tuple[str, ...]:
    """Return a value as written, and a percentage in its other usual spellings."""
    bare = _PERCENT.sub("", value)
    return (value,) if bare == value else tuple(dict.fromkeys((value, f"{bare}%", f"{bare} percent")))


def _can_be_asked(text: str, common: frozenset[str]) -> bool:
    """Return True for a sentence of prose with a named subject, which is understood without the ones around it."""
    straight, opened = text.count('"'), text.count("“")
    paired = opened == text.count("”") and straight % 2 == 0 and not (straight and opened)
    return (
        SHORTEST <= len(text.split()) <= LONGEST
        and text.isprintable()
        and paired
        and _is_sentence(text)
        and _reads_as_prose(text)
        and _has_named_subject(text, common)
        and not needs_context(text)
        and not depends_on_context(CLOZE_FRAME + text)
        and len(stem_set(text)) >= CONTENT_OF_CLOZE
    )


def _has_named_subject(text: str, common: frozenset[str]) -> bool:
    """Return True if a sentence opens with a whole name, “Runa Selbach” or “The Harbour Workers' Union”.

    A single word is none: “Selbach” is a later mention, “Doctors” no name, “The Ostby …” may be any resident of Ostby.
    """
    subject = next(iter(names(text, common)), None)
    if subject is None or len(subject.words) < 2 or set(subject.words) <= CALENDAR:
        return False
    return text[: subject.start].strip().lower() in {"", "the"}


def _values(text: str, common: frozenset[str]) -> Iterator[Value]:
    """Yield days and times, numbers, quoted phrases and names after the subject that occur once in a sentence."""
    found: list[Value] = [("date", day.start, day.end) for day in dates(text)]
    found += [("date", clock.start, clock.end) for clock in clocks(text)]
    for number in numbers(text):
        in_time = any(start < number.end and number.start < end for _, start, end in found)
        if not (in_time or number.value < 2 or number.text.endswith(("st", "nd", "rd", "th"))):  # “one”, “3rd”
            found.append(("number", number.start, number.end))
    phrases = (said.strip().rstrip(",.;") for said in quoted(text))
    fitting = (phrase for phrase in phrases if SHORTEST_PHRASE <= len(words(phrase)) <= LONGEST_PHRASE)
    found += [("said", start := text.find(phrase), start + len(phrase)) for phrase in fitting]
    for name in [*names(text, common)][1:]:
        if not set(name.words) <= CALENDAR:
            bare = name.text.removesuffix("’s").removesuffix("'s")
            found.append(("any", name.start, name.start + len(bare)))
    for kind, start, end in found:
        if text[start - 1 : start] in _BEFORE and text[end : end + 1] in _AFTER and text.count(text[start:end]) == 1:
            yield kind, start, end


# Where a quote comes from.


def source_questions(article: Article, random: Random) -> Iterator[DraftQuestion]:
    """Draft questions for the source of an article's words, in random order.

    None is drafted from an article without a title, or with neither outlet nor day. The answer is what of the three is
    known.
    """
    known = article.title, article.outlet, format_day(article.published) if article.published else None
    parts = tuple(one for one in known if one)
    sentences = sentences_of(article) if len(parts) > 1 and article.title else []
    random.shuffle(sentences)
    for sentence in sentences:
        for quote in _quotable(sentence):
            question = random.choice(SOURCE_QUESTIONS).format(words=quote.text)
            yield DraftQuestion(question, parts, "any", "source", quote)


def _quotable(sentence: Quote) -> Iterator[Quote]:
    """Yield the quotations inside a sentence, else the whole sentence if it is plain prose."""
    text = sentence.text
    inside = [said.strip().rstrip(",") for said in quoted(text)]
    for said in inside or [text]:
        fits = SHORTEST <= len(said.split()) <= LONGEST and not _MARKED.search(said)
        enough = len(stem_set(said)) >= CONTENT_OF_QUOTE
        if fits and enough and (inside or _is_sentence(said)) and _reads_as_prose(said):
            start = text.index(said)
            yield part(sentence, start, start + len(said))


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
