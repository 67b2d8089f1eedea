"""Words that all renderings share: sources, days, numbers, notes on an answer, and its text with its marks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsqa.render.clean import safe_line
from newsqa.text.calendar import format_day
from newsqa.text.sentences import compose_text
from newsqa.text.words import stem, words
from newsqa.types import EXTRACTIVE, Answer, Article, CheckedBy, Citation, Duplicate, Nearest, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    Source = Article | Citation | Nearest
    Span = tuple[int, int]
    Pieces = list[tuple[str, bool]]
    """Words one after the other, and True for those that are marked."""

MAX_WIDTH = 96  # columns of a terminal that are used; longer lines are hard to read
MAX_OUTLETS = 4  # outlets that are named as carrying the same story
MAX_REASONS = 3  # reasons that are named for dropped sentences
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "edu"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

QUOTATION_MARKS = frozenset("“”„\"«»‘’'")


def period(first: date | None, last: date | None) -> str:
    """Return the time from one day to another, or "undated"."""
    if not first or not last:
        return "undated"
    return format_day(first) if first == last else f"{format_day(first)} to {format_day(last)}"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is 1."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def headline(source: Source) -> str:
    """Return the title of a source, else its path, safe to show in a line."""
    return safe_line(source.title or "") or safe_line(source.path)


def provenance(source: Source) -> str:
    """Return the outlet and the date of a source, safe to show in a line.

    The host of its address follows an outlet that it does not go with: "Reuters (tarnvalleypost.example)".
    """
    host = _host(source.url)
    outlet = (
        f"{source.outlet} ({host})" if source.outlet and host and not _match(source.outlet, host) else source.outlet
    )
    known = (safe_line(outlet or ""), format_day(source.published) if source.published else "no date")
    return " · ".join(part for part in known if part)


def about_article(article: Article) -> list[str]:
    """Return what is known of an article beside its title, in lines that are safe to show."""
    byline = f"By {safe_line(article.byline)}" if article.byline else ""
    lines = (provenance(article), byline, safe_line(article.url or article.path), article.id)
    return [line for line in lines if line]


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _match(outlet: str, host: str) -> bool:
    """Return True if a host may be that of an outlet: it has its name, or the first letters of its words."""
    plain = unicodedata.normalize("NFKD", outlet.casefold().translate(_UMLAUTS))
    names = re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    name, initials = "".join(names), "".join(word[0] for word in names)
    labels = host.casefold().split(".")
    registered = labels[-3:-2] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:-1]
    part = re.sub(r"[\W_]", "", "".join(registered))
    letters = iter(name)
    return bool(part) and (
        (len(part) > 2 and (part in name or (len(name) > 2 and name in part)))
        or (len(initials) > 1 and part[: len(initials)] == initials and len(part) <= len(initials) + 1)
        or (len(part) > 4 and part[0] == name[:1] and all(letter in letters for letter in part))
        or name == re.sub(r"[\W_]", "", host.casefold())
    )


def named_source(source: Source) -> str:
    """Return the title of a source with its outlet and day, as part of a sentence."""
    known = ", ".join(part for part in (source.outlet, source.published and format_day(source.published)) if part)
    return (f"“{source.title}”" if source.title else "an article without a title") + (f" ({known})" if known else "")


def nearest_sentence(nearest: Nearest) -> str:
    """Return the sentence of a refusal that quotes the nearest article; renderings list it instead."""
    return f"Nearest: {named_source(nearest)}: {quoted(nearest.lead)}"


def quoted(words: str) -> str:
    """Return words of an article in quotation marks, unless they have their own, safe to show in a line."""
    quote = safe_line(words)
    return quote if quote[:1] in QUOTATION_MARKS or quote[-1:] in QUOTATION_MARKS else f"“{quote}”"


def format_duplicates(duplicates: tuple[Duplicate, ...]) -> str:
    """Return which other outlets carry the story, "" if there are none."""
    outlets = list(dict.fromkeys(safe_line(one.outlet or "") or "a source unnamed" for one in duplicates))
    if not outlets:
        return ""
    more = f" and {len(outlets) - MAX_OUTLETS} more" if len(outlets) > MAX_OUTLETS else ""
    return "also carried by " + ", ".join(outlets[:MAX_OUTLETS]) + more


def answer_notes(answer: Answer) -> list[str]:
    """Return what a reader should know beside the answer, such as its model, what has no answer, and its notices.

    Dropped sentences are counted, not repeated: beside an answer they would be read as part of it. `explain_dropped`
    has them.
    """
    cut = "The answer is incomplete: it was cut off." if answer.incomplete else ""
    left = [f"The articles do not answer this part: {quoted(part)}" for part in answer.unanswered]
    notices = [safe_line(notice) for notice in answer.notices]
    return [note for note in (*left, _written_by(answer), cut, _count_dropped(answer), *notices) if note]


def _count_dropped(answer: Answer) -> str:
    """Return how many sentences were dropped, with the first reasons, "" if none were."""
    if not answer.dropped:
        return ""
    reasons = list(dict.fromkeys(safe_line(dropped.why) for dropped in answer.dropped))
    more = "; …" if len(reasons) > MAX_REASONS else "."
    were = "was" if len(answer.dropped) == 1 else "were"
    named = "; ".join(reasons[:MAX_REASONS]) + more
    return f"{count(len(answer.dropped), 'sentence')} of the draft {were} left out: {named}"


_CHECKS: Mapping[CheckedBy, str] = {
    "verbatim": "word for word from the articles",
    "shortened": "shortened from the articles",
    "judge": "in the words of the model: code checked their values, a judge model their meaning",
    "quoted": "quoted from the articles in place of what could not be verified",
}


def explain_checks(answer: Answer) -> str:
    """Return how many sentences were verified by what, and how many were written again; "" if there are none."""
    numbers = Counter(sentence.checked_by for sentence in answer.sentences)
    checks = [f"{count(n, 'sentence')} {_CHECKS[kind]}." for kind, n in numbers.items()]
    if again := [dropped.mended for dropped in answer.dropped if dropped.mended is not None]:
        checks.append(f"{count(len(again), 'dropped sentence')} got a second chance: {sum(again)} passed.")
    return "\n".join(checks)


def explain_dropped(answer: Answer) -> list[str]:
    """Return each sentence that was dropped, with the reason below it."""
    return [f"“{safe_line(dropped.text)}”\n{safe_line(dropped.why)}" for dropped in answer.dropped]


def _written_by(answer: Answer) -> str:
    """Return which model wrote an answer, and what that cost if it cost anything; "" if none wrote."""
    if answer.model == EXTRACTIVE or answer.refused:
        return ""
    cost = f" for {dollars(answer.usage.cost)}" if answer.usage.cost else ""
    return f"Written by {safe_line(answer.model)}{cost}; each sentence is checked against its quotes."


def dollars(amount: float) -> str:
    """Return a price with two digits that matter: $12.50, $0.04, $0.00031."""
    digits = 2 if amount >= 0.1 else 1 - floor(log10(amount)) if amount > 0 else 2
    return f"${amount:.{digits}f}"


def repeats_article(citations: tuple[Citation, ...]) -> list[bool]:
    """Return for each citation True if the one before it quotes the same article, so that its title is not repeated."""
    return [False, *(a.article_id == b.article_id for a, b in pairwise(citations))][: len(citations)]


def find_matches(question: str, text: str) -> list[tuple[int, int]]:
    """Return the spans, in code points, of the words of a question in a text, in any inflection."""
    asked = {stem(word.folded) for word in words(question) if word.content or word.folded[0].isdigit()}
    return [(word.start, word.end) for word in words(text) if stem(word.folded) in asked]


# The text of an answer, safe to show in its lines, with the words in it that answer the question.

ITEM = "- "  # the beginning of a line of a list
MOST_MARKS = 60  # marks of an answer that are shown
_ON_ONE_LINE = frozenset({"answer", "refusal"})


@dataclass(frozen=True, slots=True)
class AnswerText:
    """Text that is safe to show, in lines; `marks` are spans of it, in order, that do not overlap."""

    text: str
    marks: tuple[Span, ...] = ()

    def pieces(self, start: int = 0, end: int | None = None) -> Pieces:
        """Return the text between two offsets, cut where marks begin and end."""
        end = len(self.text) if end is None else end
        found: Pieces = []
        for mark in self.marks:
            first, last = max(mark[0], start), min(mark[1], end)
            if first < last:
                found += [(self.text[start:first], False), (self.text[first:last], True)]
                start = last
        return [(words, marked) for words, marked in (*found, (self.text[start:end], False)) if words]

    def lines(self) -> Iterator[Pieces]:
        """Yield the pieces of each line."""
        start = 0
        for line in self.text.split("\n"):
            yield self.pieces(start, start + len(line))
            start += len(line) + 1


def marked_text(answer: Answer) -> AnswerText:
    """Return the text of an answer with its [n]; a refusal ends with a heading for its nearest articles."""
    text = answer.text
    if answer.refused and answer.nearest:
        text = f"{text.replace(nearest_sentence(answer.nearest[0]), '')} Nearest:"
    return _marked(text, answer.sentences, one_line=answer.kind in _ON_ONE_LINE)


def marked_sentences(sentences: Sequence[Sentence]) -> AnswerText:
    """Return sentences with their [n] as one line."""
    return _marked(compose_text("answer", sentences, ()), sentences, one_line=True)


def _marked(text: str, sentences: Sequence[Sentence], *, one_line: bool) -> AnswerText:
    """Return a text with the marks of its sentences; what is marked is found again after the text was made safe."""
    marks: list[Span] = []
    after = 0
    for start, end in list(_mark_spans(text, sentences))[:MOST_MARKS]:
        # A letter in place of the mark keeps the space before it.
        first = len(_clean(f"{text[:start]}x", one_line=one_line)) - 1
        last = len(_clean(text[:end], one_line=one_line))
        if after <= first < last:
            marks.append((first, last))
            after = last
    return AnswerText(_clean(text, one_line=one_line), tuple(marks))


def _mark_spans(text: str, sentences: Sequence[Sentence]) -> Iterator[Span]:
    """Yield the spans of a text that its sentences mark, without spaces around them, in order."""
    at = 0
    for sentence in (sentence for sentence in sentences if sentence.marks):
        begin = text.find(sentence.text, at)
        if begin < 0:
            continue
        at = begin + len(sentence.text)
        for start, end in sorted(sentence.marks):
            words = sentence.text[max(start, 0) : max(end, 0)]
            if words.strip():
                first = begin + max(start, 0) + len(words) - len(words.lstrip())
                yield first, first + len(words.strip())


def _clean(text: str, *, one_line: bool) -> str:
    if one_line:
        return safe_line(text)
    return "\n".join(line for part in text.split("\n") if (line := safe_line(part)))
