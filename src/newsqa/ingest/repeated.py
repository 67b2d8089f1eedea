"""Finds the lines that an outlet repeats in article after article, which are not news.

What a story's own updates share is news, however often it is printed: so the articles that have a line are counted by
story. Two articles are versions of one story if their titles share their words, or if much of their text is the same.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.ingest.clean import ends_sentence
from newsqa.text.words import word_runs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from newsqa.store.records import StoredText

MAX_LINES = 500_000
"""Above so many different lines, those seen once are dropped, to bound memory (lossy counting, Manku and Motwani)."""

MAX_REPEATED = 160  # characters of a line
MIN_ARTICLES = 3
MIN_ARTICLES_OF_SENTENCE = 5  # three versions of one story may share a short sentence
MIN_SHARE = 0.3
COMPARED = 60  # articles with a line of which the stories are counted: enough to see that they are many
SAME_TITLE = 0.5  # share of the shorter title's words that the titles of two versions have in common
SAME_TEXT = 0.4  # share of the shorter article's sentences that two versions have in common, and at least two of them
MIN_SENTENCE = 30

_SMALL_WORDS = frozenset({
    "the", "a", "an", "of", "in", "on", "at", "to", "for", "and", "or", "by", "with", "from", "as", "is", "are",
    "was", "were", "be", "after", "before", "over", "into", "its", "his", "her", "their", "update", "live", "der",
    "die", "das", "den", "dem", "des", "ein", "eine", "und", "oder", "im", "am", "auf", "zu", "von", "für", "mit",
    "bei", "nach", "vor", "über", "aus", "ist", "le", "la", "les", "un", "une", "du", "de", "et", "en", "à", "au",
    "aux", "pour", "sur", "dans", "par", "el", "los", "las", "y", "del", "con", "por", "para", "se", "que",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Version:
    """What of an article is compared: the words of its title, and its sentences with their length."""

    title: frozenset[str]
    sentences: dict[int, int]


def repeated_lines(texts: Iterable[StoredText], again: Iterable[StoredText]) -> frozenset[str]:
    """Return the lines that an outlet repeats in articles of different stories.

    `texts` and `again` both yield the articles of the outlet, since all of them need not fit into memory.
    """
    counts: Counter[str] = Counter()
    articles, titles = 0, set[str]()
    for stored in texts:
        articles += 1
        titles.add(stored.title or "")
        counts.update(countable_lines(stored.read_text))
        if len(counts) > MAX_LINES:
            counts = Counter({line: count for line, count in counts.items() if count > 1})
    found = find_repeated_lines(counts, articles, titles)
    return frozenset(_of_many_stories(found, counts, again)) if found else found


def countable_lines(text: str) -> frozenset[str]:
    """Return the lines of an article, stripped, that could be repeated in others: those of up to 160 characters."""
    stripped = (line.strip() for line in text.splitlines())
    return frozenset(line for line in stripped if 2 <= len(line) <= MAX_REPEATED)


def find_repeated_lines(
    counts: Mapping[str, int], articles: int, titles: Collection[str] = frozenset()
) -> frozenset[str]:
    """Return the lines that so many of an outlet's articles share that they are not news.

    `counts` gives for each of the `countable_lines` how many of the outlet's `articles` have it. Lines are returned
    from three articles on, five if the line reads like a sentence, and 30 % of all. `titles` are never returned.
    """
    return frozenset(
        line
        for line, count in counts.items()
        if count >= max(_min_articles(line), MIN_SHARE * articles) and line not in titles
    )


def _min_articles(line: str) -> int:
    """Return how many articles must have a line for it to be one that the outlet repeats."""
    return MIN_ARTICLES_OF_SENTENCE if ends_sentence(line) else MIN_ARTICLES


def _of_many_stories(found: Collection[str], counts: Counter[str], texts: Iterable[StoredText]) -> Iterator[str]:
    """Yield those lines that articles of several stories have."""
    steps = {line: max(1, counts[line] // COMPARED) for line in found}
    seen: Counter[str] = Counter()
    having: dict[str, list[_Version]] = {line: [] for line in found}
    for stored in texts:
        lines = [line for line in countable_lines(stored.read_text) if line in steps]
        version = _version(stored) if lines else None
        for line in lines:
            seen[line] += 1
            if version is not None and seen[line] % steps[line] == 0 and len(having[line]) < 2 * COMPARED:
                having[line].append(version)
    for line, versions in having.items():
        if _count_stories(versions) >= _min_articles(line):
            yield line


def _version(stored: StoredText) -> _Version:
    words = frozenset(word for word in word_runs((stored.title or "").casefold()) if word not in _SMALL_WORDS)
    sentences = {
        hash(line): len(line)
        for line in map(str.strip, stored.read_text.splitlines())
        if len(line) >= MIN_SENTENCE and ends_sentence(line)
    }
    return _Version(frozenset(word for word in words if not re.fullmatch(r"\d+", word)), sentences)


def _count_stories(versions: list[_Version]) -> int:
    """Return how many stories these articles tell: versions of one, and versions of these, are one story."""
    stories: list[list[_Version]] = []
    for version in versions:
        same = [story for story in stories if any(_are_versions(version, other) for other in story)]
        stories = [story for story in stories if not any(story is one for one in same)]
        stories.append([version, *(other for story in same for other in story)])
    return len(stories)


def _are_versions(one: _Version, two: _Version) -> bool:
    shared = one.title & two.title
    if len(shared) >= 2 and len(shared) >= SAME_TITLE * min(len(one.title), len(two.title)):
        return True
    both = one.sentences.keys() & two.sentences.keys()
    shorter = min(sum(one.sentences.values()), sum(two.sentences.values()))
    return len(both) >= 2 and sum(one.sentences[line] for line in both) >= SAME_TEXT * shorter
