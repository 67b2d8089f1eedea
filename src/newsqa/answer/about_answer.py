"""Answers about the last answer: its source, who said it, more of it; all from the articles that it cites."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsqa.answer.candidates import is_statement, with_context
from newsqa.render.clean import safe_line, web_address
from newsqa.search.retrieve import retrieve
from newsqa.search.understand import understand
from newsqa.text.calendar import CALENDAR, format_day
from newsqa.text.entities import names, numbers
from newsqa.text.sentences import SAYING, in_one_line, sentence_spans
from newsqa.text.words import stem_set
from newsqa.types import Article, Bounds, DraftSentence, Hit, Passage, Quote, Turn, VerifiedDraft
from newsqa.verify.verifier import verify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from langchain_core.embeddings import Embeddings

    from newsqa.answer.message import Intent
    from newsqa.store.snapshot import Snapshot

MAX_WORDS = 75  # words of "tell me more"
AROUND = 4  # sentences before and after a quote in which its speaker is looked for
SAME = 0.6  # the share of the shorter sentence's content stems that are in the other, from which on both say the same
MAX_OTHERS = 2  # other articles that are quoted as saying the same

CANDIDATES, MAX_QUERY = 12, 400
"""Passages in which the same is looked for, and characters of a quote with which they are."""

_SAYS = re.compile(rf"\b(?:{SAYING}|(?i:according to)|announced|argued|claimed|warned|explained|insisted|confirmed)\b")

_QUOTED = re.compile('[“”"„«»]')

OPENINGS = {
    "source": "The last answer comes from:",
    "speaker": "As the article has it:",
    "sure": "This is what the articles say, word for word:",
    "meaning": "With the sentences around it:",
    "published": "Published on:",
}
NO_SPEAKER = "The article names no speaker near these words; it reports them itself:"
GONE = "The articles of the last answer are no longer in the library."
NO_MORE = "The articles of the last answer say nothing more."
ALONE = "No other article was found that says the same in like words."


@dataclass(frozen=True, slots=True)
class AboutAnswer:
    """The text of an answer about the last answer, and its verified sentences with their citations."""

    text: str
    verified: VerifiedDraft


@dataclass(frozen=True, slots=True)
class _Cited:
    """An article that the last answer cites: its sentences, and the places of those cited there and shown before."""

    article: Article
    spans: Sequence[tuple[int, int]]
    cited: list[int] = field(default_factory=list[int])
    shown: set[int] = field(default_factory=set[int])

    def quote(self, first: int, last: int) -> Quote:
        """Return the sentences from one place to another as a quote."""
        return Quote(self.article, self.spans[first][0], self.spans[last][1])

    def text(self, place: int) -> str:
        """Return the sentence at a place."""
        return self.article.text[slice(*self.spans[place])]


def describe_answer(
    intent: Intent, history: Sequence[Turn], index: Snapshot, embedder: Embeddings, asked: date, bounds: Bounds
) -> AboutAnswer:
    """Answer a message about the last answer that has citations. Raises ModelError if the embedder fails."""
    cited = _cited_articles(history, index)
    opening, quotes = OPENINGS.get(intent.about, ""), [q for one in cited for q in _runs(one, one.cited)]
    if intent.about == "speaker":
        found = [_speakers(one) for one in cited]
        opening = opening if any(found) else NO_SPEAKER
        quotes = [quote for one, places in zip(cited, found, strict=True) for quote in _runs(one, places or one.cited)]
    elif intent.about == "more":
        opening, quotes = "", list(_more(cited))
    elif intent.about == "meaning":
        quotes = [quote for one in cited for quote in _runs(one, _with_neighbours(one))]
    others = _others(quotes, index, embedder, asked, bounds) if intent.about == "sure" else []
    evidence = [_hit(quote, index) for quote in (*quotes, *others)]
    verified = verify((DraftSentence(in_one_line(hit.passage.text), (_quote(hit),)) for hit in evidence), evidence)
    if not cited or not verified.sentences:
        return AboutAnswer(NO_MORE if cited else GONE, verify((), ()))
    return AboutAnswer(_compose(opening, intent.about, verified, {one.article.id for one in cited}), verified)


def _cited_articles(history: Sequence[Turn], index: Snapshot) -> list[_Cited]:
    """Return the articles of the last answer with citations, as far as the library still has their quotes."""
    turns = [turn for turn in history if turn.citations]
    found: dict[str, _Cited] = {}
    for citation in (citation for turn in reversed(turns) for citation in turn.citations):
        article = index.article(citation.article_id)
        if article is None or article.text[citation.start : citation.end] != citation.quote:
            continue
        last = citation in turns[-1].citations
        if article.id not in found and not last:
            continue
        one = found.setdefault(article.id, _Cited(article, sentence_spans(article.text)))
        places = [n for n, (start, end) in enumerate(one.spans) if start < citation.end and end > citation.start]
        one.shown.update(places)
        if last:
            one.cited.extend(place for place in places if place not in one.cited)
    return list(found.values())


def _runs(one: _Cited, places: Sequence[int]) -> list[Quote]:
    """Return sentences as quotes, those that follow one another as one."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = runs[-1][0], place
        else:
            runs.append((place, place))
    return [one.quote(first, last) for first, last in runs]


def _near(one: _Cited, place: int, reach: int) -> range:
    return range(max(0, place - reach), min(len(one.spans), place + reach + 1))


def _with_neighbours(one: _Cited) -> list[int]:
    """Return the cited sentences and those beside them, in their order."""
    near = {place for cited in one.cited for place in _near(one, cited, 1)}
    return sorted(place for place in near if place in one.cited or is_statement(one.text(place)))


def _speakers(one: _Cited) -> list[int]:
    """Return the cited sentences that say who speaks, and for words without a speaker the sentence that does."""
    found = []
    for place in one.cited:
        spoken = _SAYS.search(one.text(place)) or _QUOTED.search(one.text(place))
        if _names_speaker(one.text(place)):
            found.append(place)
        elif spoken:
            near = sorted(_near(one, place, AROUND), key=lambda other: (other > place, abs(other - place)))
            found += _who_is_meant(one, place) or [other for other in near if _names_speaker(one.text(other))][:1]
            found.append(place)
    return sorted(set(found))


def _who_is_meant(one: _Cited, place: int) -> list[int]:
    """Return the sentences before one that say who its "he" is, if they name someone."""
    start, _ = with_context(one.article.text, place)
    before = [other for other in range(place) if one.spans[other][0] >= start]
    return before if any(map(_names_someone, map(one.text, before))) else []


def _names_someone(sentence: str) -> bool:
    return any(not CALENDAR.issuperset(name.words) for name in names(sentence))


def _names_speaker(sentence: str) -> bool:
    return _names_someone(sentence) and _SAYS.search(sentence) is not None and is_statement(sentence)


def _more(cited: Sequence[_Cited]) -> Iterator[Quote]:
    """Yield what the articles say next, after the cited sentences, then before them: MAX_WORDS and whole sentences."""
    left = MAX_WORDS
    for one in cited:
        after = range(max(one.cited) + 1, len(one.spans))
        chosen: list[int] = []
        for place in (*after, *range(max(one.cited))):
            size = len(one.text(place).split())
            if place in one.shown or not is_statement(one.text(place)):
                continue
            left -= size
            if left < 0:
                break
            chosen.append(place)
        yield from _runs(one, chosen)
        if left < 0:
            return


def _others(quotes: Sequence[Quote], index: Snapshot, embedder: Embeddings, asked: date, bounds: Bounds) -> list[Quote]:
    """Return sentences of other articles, no copies, that say the same as a quote, with the same numbers."""
    known, found = {quote.article.id for quote in quotes}, list[Quote]()
    for quote in quotes:
        stems, values = stem_set(quote.text), {number.value for number in numbers(quote.text)}
        query = understand(quote.text[:MAX_QUERY], asked, index.lexicon, bounds)
        for hit in retrieve(query, index, embedder)[:CANDIDATES]:
            copies = {hit.article.id, *(duplicate.article_id for duplicate in hit.also_carried_by)}
            for start, end in sentence_spans(hit.passage.text):
                text = hit.passage.text[start:end]
                other = stem_set(text)
                shared = len(stems & other) / max(1, min(len(stems), len(other)))
                same = shared >= SAME and values <= {number.value for number in numbers(text)}
                if same and copies.isdisjoint(known) and len(found) < MAX_OTHERS and is_statement(text):
                    known |= copies
                    found.append(Quote(hit.article, hit.passage.start + start, hit.passage.start + end))
    return found


def _hit(quote: Quote, index: Snapshot) -> Hit:
    passage = Passage(0, quote.article.id, quote.start, quote.end, quote.text)
    return Hit(passage, quote.article, 1.0, index.duplicates(quote.article.id))


def _quote(hit: Hit) -> Quote:
    return Quote(hit.article, hit.passage.start, hit.passage.end, hit.also_carried_by)


def _compose(opening: str, about: str, verified: VerifiedDraft, own: Collection[str]) -> str:
    """Return the sentences with their markers, those of each article after its outlet and day, one a line.

    `own` are the ids of the articles of the last answer; the others come after them.
    """
    sources = {citation.n: citation for citation in verified.citations}
    lines, before = [opening] if opening else [], ""
    for sentence in verified.sentences:
        source = sources[sentence.citations[0]]
        marked = sentence.text + "".join(f" [{n}]" for n in sentence.citations)
        if source.article_id == before:
            lines[-1] += f" {marked}"
            continue
        if source.article_id not in own and before in own:
            lines.append("Other articles say:")
        before = source.article_id
        title = f"“{safe_line(source.title)}”" if source.title and about in {"source", "published"} else ""
        address = (web_address(source.url) or "") if about == "source" else ""
        day = format_day(source.published) if source.published else "date unknown"
        where = ", ".join(part for part in (title, safe_line(source.outlet or ""), day, address) if part)
        lines.append(f"{where}: {marked}")
    if about == "sure" and before in own:
        lines.append(ALONE)
    return "\n".join(lines)
