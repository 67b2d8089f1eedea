"""Spelling of a question against the words that the library holds: typing errors, and names in lower case.

A word that the library holds is left alone, and so are numbers, codes, abbreviations and quoted words. Another one is
replaced by the nearest word of the library, frequent ones first, as in a noisy channel: how often the word occurs, and
how probable the slip is. The rest of the question must occur with it, the more strictly the more it looks like a name:
a name that the library does not hold is no typing error.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.words import FUNCTION_WORDS, Word, fold, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.store.snapshot import Snapshot

SAMPLE = 12  # passages from which the spelling of a word is read
CAPITALISED = 0.8  # the share of a name's occurrences within sentences that have its capital
MAX_WORDS = 40  # words of a longer text are not looked up: it was hardly typed by hand
_WITHIN_SENTENCE = re.compile(r"[^\W_][’')”\"]?[,;]? $")


def as_written(folded: str, index: Snapshot) -> str:
    """Return a folded word as the articles write it within their sentences: with its capital if nearly always so."""
    spellings = Counter(
        spelling
        for _, text in index.passages_holding(folded, SAMPLE)
        for spelling, start in _occurrences(text, folded)
        if _WITHIN_SENTENCE.search(text, max(0, start - 4), start)
    )
    return _usual_capital(spellings) or folded


def _occurrences(text: str, folded: str) -> Iterator[tuple[str, int]]:
    """Yield where a text has folded words that follow one another, as written, without a possessive at their end.

    The last may be a possessive that was typed without its apostrophe. Accents are compared only where the text has
    none of the words without them.
    """
    found = list(_pattern(folded).finditer(text))
    if not found and not text.isascii():
        plain = "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)
        found = list(_pattern(folded).finditer(plain))
    for match in found:
        yield text[match.start() : match.end(1)], match.start()


@lru_cache(maxsize=1024)
def _pattern(folded: str) -> re.Pattern[str]:
    typed = re.escape(folded).replace("\\ ", r"\s+").replace("'", "['’]")
    base = typed.removesuffix("s")
    return re.compile(rf"(?<![^\W_])({typed}|{base})(?:['’]s?)?(?![^\W_])", re.IGNORECASE)


def _usual_capital(spellings: Counter[str]) -> str:
    """Return the most usual spelling if nearly all have a capital at each word, else ""."""
    capitals = Counter({one: n for one, n in spellings.items() if all(word[0].isupper() for word in one.split())})
    enough = capitals and capitals.total() >= CAPITALISED * spellings.total()
    return capitals.most_common(1)[0][0] if enough else ""


def lower_case_names(question: str, index: Snapshot) -> tuple[str, ...]:
    """Return the names that a question writes without capitals, as the articles write them.

    Words that follow one another are one name if the articles give both a capital where they do ("american airlines").
    """
    found = words(question)
    if len(found) > MAX_WORDS:
        return ()
    written = [as_written(word.folded, index) if _may_be_name(word) else word.folded for word in found]
    runs: list[list[str]] = []
    joined = False  # the word before is the last of a run
    for at in range(len(found)):
        together = _written_together(question, found[at : at + 2], index)
        if together and joined:
            runs[-1] = [*runs[-1][:-1], *together]
        elif together:
            runs.append(list(together))
        elif not joined and written[at][0].isupper():
            runs.append([written[at]])
        joined = bool(together)
    return tuple(dict.fromkeys(" ".join(run) for run in runs if len(run) > 1 or len(run[0]) > 3 or run[0].isupper()))


def _written_together(question: str, pair: list[Word], index: Snapshot) -> tuple[str, ...]:
    """Return two words that follow one another as the articles write them, if these give both a capital."""
    if len(pair) < 2 or not all(map(_may_be_name, pair)) or question[pair[0].end : pair[1].start] != " ":
        return ()
    both = f"{pair[0].folded} {pair[1].folded}"
    passages = index.passages_holding(both, SAMPLE)
    return tuple(_usual_capital(Counter(one for _, text in passages for one, _ in _occurrences(text, both))).split())


def _may_be_name(word: Word) -> bool:
    return not word.capitalised and word.content and len(word.folded) > 2 and word.folded not in CALENDAR


# Typing errors

CANDIDATES = 6
LONG = 8  # letters of a word in which two errors are mended; a shorter one has one

SHORT = 4
"""Letters of a word that is mended only if its neighbour in the question stands beside the new one in an article."""

NAME = 6  # letters of the shortest word that is mended with little to bear it out

RARE, FREQUENT = 2, 25
"""A word in at most so many passages may be an article's own slip, if the right word is so many times as frequent."""

_OPENS = re.compile(r"^\W*$|(?:\band|[,.;?!])\s+$", re.IGNORECASE)

_SWAPPED, _LEFT_OUT, _TOO_MUCH, _OTHER_LETTER, _OTHER_INITIAL = 0.8, 1.0, 1.1, 1.4, 0.7
_DOUBTFUL = 2.4
_EDIT_WEIGHT = 5.0
"""The costs of the kinds of slips, that of one which needs its neighbours, and their weight against the logarithm of a
word's frequency."""

_QUESTION_WORDS = ("who", "what", "when", "where", "why", "which", "how", "whose")
_MEASURES = frozenset({"many", "much", "long", "old", "big", "far", "often"})
_CONTRACTED = {word.replace("'", ""): word for word in FUNCTION_WORDS if "'" in word}
_QUOTED = re.compile(r"[“\"«][^“”\"«»]*[”\"»]|(?<![\w’'])[‘'][^‘’']{2,}[’'](?!\w)")
_CODE = re.compile(r"[^\s]*(?:\d|[@/_]|\w\.\w)[^\s]*")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A word of the library in place of a typed one: as written there, and what speaks for it."""

    text: str
    cost: float
    score: float
    name: bool


def mend(question: str, index: Snapshot) -> str:
    """Return the question with its typing errors mended, or as it is."""
    found = words(question)
    if len(found) > MAX_WORDS:
        return question
    protected = [match.span() for pattern in (_QUOTED, _CODE) for match in pattern.finditer(question)]
    typed = [word for word in found if not any(a < word.end and word.start < b for a, b in protected)]
    held = {word.folded: index.count_holding([word.folded], RARE + 1) for word in typed}
    context = [
        word.folded for word in typed if word.content and held[word.folded] and word.folded[:-1] not in _QUESTION_WORDS
    ]
    mended = question
    for word in reversed(typed):
        at = found.index(word)
        place = _Place(
            word,
            found[at - 1].folded if at else "",
            found[at + 1].folded if at + 1 < len(found) else "",
            tuple(one for one in context if one != word.folded),
            opens=bool(_OPENS.search(question[: word.start])),
        )
        if new := _mended(place, held[word.folded], index):
            mended = mended[: word.start] + _cased(new, word) + mended[word.end :]
    return mended


@dataclass(frozen=True, slots=True)
class _Place:
    """A word of a question with the folded words beside it, "" for none, and the content words that the library holds.

    `opens` is true for the first word of the question or of its second part.
    """

    word: Word
    before: str
    after: str
    context: tuple[str, ...]
    opens: bool

    def pairs(self, candidate: str) -> list[str]:
        """Return the candidate with the word before it and with that after it."""
        return [f"{self.before} {candidate}"] * bool(self.before) + [f"{candidate} {self.after}"] * bool(self.after)


def _mended(place: _Place, held: int, index: Snapshot) -> str | None:
    """Return what a word of a question stands for, or None if it is right, or nothing is near."""
    typed = place.word.folded
    if typed in FUNCTION_WORDS or len(typed) < 3 or sum(letter.isupper() for letter in place.word.text) > 1:
        return None
    if place.opens and (meant := _question_word(place, index)):
        return meant
    if not held:
        return _CONTRACTED.get(typed) or _nearest(place, index)
    return _misspelt(place, held, index) if held <= RARE else _surname(place, index)


def _question_word(place: _Place, index: Snapshot) -> str | None:
    typed = place.word.folded
    if typed.endswith("s") and typed[:-1] in _QUESTION_WORDS:
        return f"{typed[:-1]}'s"
    near = [one for one in _QUESTION_WORDS if _is_slip(typed, one)]
    if "how" in near and place.after in _MEASURES:
        return "how"
    return max(near, key=lambda one: index.count_holding(place.pairs(one)[-1:], SAMPLE), default=None)


def _is_slip(typed: str, meant: str) -> bool:
    """Return True if letters were swapped, or one was left out or doubled: hardly another name."""
    doubled = len(typed) == len(meant) + 1 and re.sub(r"(.)\1", r"\1", typed) == re.sub(r"(.)\1", r"\1", meant)
    return doubled or _cost(typed, meant) in {_SWAPPED, _SWAPPED + _OTHER_INITIAL, _LEFT_OUT}


def _nearest(place: _Place, index: Snapshot) -> str | None:
    """Return the word of the library that is meant by one that it does not hold, if the question bears it out."""
    typed = place.word.folded
    for candidate in _candidates(typed, index):
        if _fits(candidate, place, index):
            return candidate.text
    return None


def _fits(candidate: _Candidate, place: _Place, index: Snapshot) -> bool:
    typed, meant = place.word.folded, fold(candidate.text)
    beside = [pair for pair in place.pairs(meant) if index.count_holding([pair], 1)]
    beside_content = any(FUNCTION_WORDS.isdisjoint(pair.split()) for pair in beside)
    if place.word.capitalised and (candidate.name or not place.opens):
        with_all = len(typed) >= NAME and _occurs_with(meant, place.context, len(place.context), index)
        return _is_slip(typed, meant) and (beside_content or with_all)
    if beside_content:
        return True
    if (typed[0] != meant[0] or meant in FUNCTION_WORDS) and not _is_slip(typed, meant):
        return False  # "aground" and "ground"
    ending = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(typed, meant, strict=False)))
    if meant[:ending] in {typed, meant} or (ending >= len(typed) - 2 and not _is_slip(typed, meant)):
        return False  # "stole" and "stolen", "marchers" and "marched": two forms of a word
    if candidate.cost > _DOUBTFUL or (candidate.cost == _OTHER_LETTER and len(typed) < NAME and not candidate.name):
        return False
    if len(typed) <= SHORT:
        return candidate.cost == _SWAPPED or (bool(beside) and _is_slip(typed, meant))
    if candidate.name:
        return _occurs_with(meant, place.context, 2, index) if place.context else len(typed) >= LONG
    return _occurs_with(meant, place.context, 1, index) if place.context else len(typed) >= NAME


def _occurs_with(candidate: str, context: Sequence[str], needed: int, index: Snapshot) -> bool:
    """Return True if there is other content, and the candidate is in a passage with each of `needed` words of it."""
    together = sum(bool(index.count_holding([candidate, word], 1)) for word in context)
    return bool(context) and together >= min(needed, len(context))


def _misspelt(place: _Place, held: int, index: Snapshot) -> str | None:
    """Return the word that an article misspells just as the question does: a slip, and many times as frequent."""
    typed = place.word.folded
    if len(typed) < NAME or place.word.capitalised:
        return None
    for candidate in _candidates(typed, index):
        meant = fold(candidate.text)
        frequent = index.count_holding([meant], FREQUENT * held) >= FREQUENT * held
        if frequent and _is_slip(typed, meant) and _occurs_with(meant, place.context, 1, index):
            return candidate.text
    return None


def _surname(place: _Place, index: Snapshot) -> str | None:
    """Return the surname that articles give with a first name, if this one, which they hold too, never follows it."""
    before, typed = place.before, place.word.folded
    if len(typed) < NAME or not before or before in FUNCTION_WORDS or index.count_holding([f"{before} {typed}"], 1):
        return None
    if not as_written(before, index)[0].isupper():
        return None
    for candidate in _candidates(typed, index):
        meant = fold(candidate.text)
        if candidate.name and _is_slip(typed, meant):
            beside = index.count_holding([f"{before} {meant}"], SAMPLE)
            if beside > RARE and beside > index.count_holding([before, typed], SAMPLE):
                return candidate.text
    return None


def _candidates(typed: str, index: Snapshot) -> list[_Candidate]:
    """Return the words of the library that are near to a typed one, the most probable first."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    most = 2 if len(typed) >= LONG else 1
    near: dict[str, tuple[float, int]] = {}
    for initial in dict.fromkeys(typed[:2]):
        stems = index.stems_with_initial(initial)
        for form in {typed, _indexed(typed)}:
            for stem, distance, _ in process.extract(
                form, stems.keys(), scorer=OSA.distance, score_cutoff=most, limit=4 * CANDIDATES
            ):
                near[stem] = min(near.get(stem, (most + 1, 0)), (distance, -stems[stem]))
    found = [
        _Candidate(text, cost, math.log(-near[stem][1]) - _EDIT_WEIGHT * cost, name)
        for stem in sorted(near, key=lambda stem: near[stem])[: 2 * CANDIDATES]
        for text, name, cost in _spelling(stem, typed, most, index)
    ]
    return sorted(found, key=lambda one: -one.score)[:CANDIDATES]


def _spelling(stem: str, typed: str, most: int, index: Snapshot) -> list[tuple[str, bool, float]]:
    """Return the form of a stem that is nearest to a typed word, whether it is a name, and the cost of the slip."""
    from rapidfuzz.distance import OSA

    forms: Counter[str] = Counter()
    for title, text in index.passages_holding(stem, SAMPLE):
        forms.update(
            one.folded
            for one in words(f"{title}\n{text}")
            if abs(len(one.folded) - len(typed)) <= most and OSA.distance(one.folded, typed, score_cutoff=most) <= most
        )
    if not forms:
        return []
    form = min(forms, key=lambda one: (_cost(typed, one), -forms[one], one))
    written = as_written(form, index)
    return [(written, written[0].isupper(), _cost(typed, form))]


@lru_cache(maxsize=10_000)
def _cost(typed: str, meant: str) -> float:
    """Return how improbable a slip is: swapped letters cost least, another letter or initial most."""
    from rapidfuzz.distance import OSA, Indel, Levenshtein

    distance, edits = OSA.distance(typed, meant), Levenshtein.distance(typed, meant)
    swapped = edits - distance
    other = Indel.distance(typed, meant) - edits if not swapped else 0  # an edit that takes two of them
    rest = distance - swapped - other
    one = _LEFT_OUT if len(typed) <= len(meant) else _TOO_MUCH
    return _SWAPPED * swapped + _OTHER_LETTER * other + one * rest + _OTHER_INITIAL * (typed[0] != meant[0])


def _cased(new: str, word: Word) -> str:
    return new[0].upper() + new[1:] if word.capitalised else new.lower()


@lru_cache(maxsize=10_000)
def _indexed(word: str) -> str:
    """Return the stem of a word as the full text has it: SQLite follows Porter's later rules for "-bly" and "-logy"."""
    import snowballstemmer

    stemmed: str = snowballstemmer.stemmer("porter").stemWord(word)
    return stemmed[:-1] if stemmed.endswith(("bli", "logi")) else stemmed
