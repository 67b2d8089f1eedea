"""Reads a question against the library that is asked: typing errors, names, rare terms, its language, its parts."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.search.sources import without_outlet
from newsqa.search.spelling import lower_case_names, mend
from newsqa.search.understand import is_content, is_usable, understand
from newsqa.text.sentences import embedding_text
from newsqa.text.words import fold, quoted, stem, word_forms, word_runs, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Bounds, Hit, Query

# Rare terms of a question: names, codes and numbers that few passages hold, and those that no evidence holds.

SHARE, FEWEST = 0.01, 2  # a term is rare if at most this share of the passages holds it, or so few


def term_weights(query: Query, index: Snapshot) -> dict[str, float]:
    """Return the content terms of a question with their inverse document frequencies, ln((N + 1) / (n + 1)).

    N are the passages of the library, n those with the term; one that none holds weighs most.
    """
    total = index.count_passages()
    content = [term for term in query.terms if is_content(term)]
    return {term: math.log((total + 1) / (index.count_holding([term], total) + 1)) for term in content}


def rare_terms(query: Query, index: Snapshot) -> tuple[str, ...]:
    """Return the terms of a question that few passages hold, the rarest first, those that none holds among them."""
    total = index.count_passages()
    most = max(FEWEST, int(SHARE * total))
    counts = {term: index.count_holding([term], most + 1) for term in query.terms}
    return tuple(sorted((term for term in counts if counts[term] <= most), key=lambda term: counts[term]))


def exact_terms(query: Query, index: Snapshot) -> tuple[str, ...]:
    """Return the rare terms that one passage should hold all of: names, codes and numbers, or all if there are several.

    Those that the library does not hold at all are left out.
    """
    held = tuple(term for term in query.rare if index.count_holding([term], 1))
    named = {word.casefold() for name in query.names for word in word_runs(name)}
    codes = tuple(term for term in held if term.casefold() in named or any(letter.isdigit() for letter in term))
    return codes or (held if len(held) > 1 else ())


def coverage(weights: Mapping[str, float], hits: Sequence[Hit]) -> float:
    """Return the greatest share of the terms' weight that the title and passage of one hit hold, 0 to 1."""
    total = sum(weights.values())
    texts = [embedding_text(hit.article.title, hit.passage.text) for hit in hits]
    held = (sum(weight for term, weight in weights.items() if holds(text, term)) for text in texts)
    return max(held, default=0.0) / total if total else 1.0


def holds(text: str, term: str) -> bool:
    """Return True if a text holds the words of a term in order, in whatever form."""
    pattern = _pattern(term)
    return bool(pattern and pattern.search(text))


@lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str] | None:
    parts = [_word_pattern(word.text, word.folded) for word in words(term)]
    return re.compile(r"\b" + r"[\W_]+".join(parts), re.IGNORECASE) if parts else None


def _word_pattern(text: str, folded: str) -> str:
    if any(letter.isdigit() for letter in text):
        return rf"{re.escape(text)}\b"
    if len(folded) <= 3 or folded != fold(text.lower()):
        return re.escape(folded) + (r"[\w’']*" if len(folded) > 3 else r"(?:['’]?s)?\b")
    beginnings = [re.escape(stem(form).rstrip("iey")) for form in word_forms(folded)]
    return rf"(?:{'|'.join(beginnings)})[\w’']*"


def read_question(question: str, asked: date, index: Snapshot, bounds: Bounds) -> Query:
    """Read a question that was asked on a day, as `understand` does, against the words of the library.

    `text` is the question with its typing errors mended, `names` holds also those that it writes in lower case, `rare`
    what few passages hold.
    """
    lexicon = index.lexicon
    query = understand(question, asked, lexicon, bounds)
    if query.quotation or not is_usable(question):
        return query
    if foreign := language_notice(question, index):
        return replace(query, notices=(foreign,))
    if (mended := mend(question, index)) != question:
        query = understand(mended, asked, lexicon, bounds)
    known = {word.casefold() for name in query.names for word in name.split()}
    asks = without_outlet(mended, query.bounds.outlet, lexicon) if query.bounds.outlet else mended
    typed = [name for name in lower_case_names(asks, index) if not known.issuperset(name.casefold().split())]
    query = replace(query, names=(*query.names, *typed))
    return replace(query, rare=rare_terms(query, index))


# A question in another language.

MIN_WORDS, MIN_LETTERS = 4, 14
"""Words of a question, or letters where words are not parted by spaces, from which its language can be told."""

UNKNOWN_SHARE = 0.5
MIN_PROBABILITY, MOST_KNOWN = 0.3, 0.01
"""Probability that its language needs, and that all languages of the articles may have together."""


def language_notice(question: str, index: Snapshot) -> str | None:
    """Return a notice if a question is in a language in which there are no articles, or None.

    Most of its words must be unknown to the library, so that names and misspelt English are not taken for another
    language.
    """
    found = re.findall(r"[^\W\d_]+", question)
    latin = question.isascii() or all(ord(letter) < 0x250 for word in found for letter in word)
    if len(found) < MIN_WORDS if latin else not found:
        return None
    known = index.languages()
    held = sum(bool(index.count_holding([word], 1)) for word in found[:40])
    if not known or held > UNKNOWN_SHARE * min(len(found), 40):
        return None
    from newsqa.ingest.language import language_probabilities

    probable = language_probabilities(question)
    language = max(probable, key=lambda code: probable[code])
    in_known = sum(probable.get(code, 0.0) for code in known)
    if in_known > MOST_KNOWN or probable[language] < MIN_PROBABILITY or (latin and sum(map(len, found)) < MIN_LETTERS):
        return None
    most = max(known, key=lambda code: known[code])
    return f"This seems to be asked in another language ({language}) than that of the articles ({most}): ask in theirs."


# Splits two questions that are asked in one sentence: "who won the cup final and who scored the winner".

_ASKING = r"who|whom|whose|what|when|where|why|how|which"
_AUXILIARY = r"is|are|was|were|do|does|did|has|have|had|will|would|can|could|should"
_PREPOSITION = r"in|at|on|of|from|during|for|by|with|about|to|after|before|over|under|against"
_OPENS = re.compile(rf"^\W*(?:(?:and|so|but)\s+)?(?:(?:{_PREPOSITION})\s+)?(?:{_ASKING}|{_AUXILIARY})\b", re.IGNORECASE)
_JOINT = re.compile(
    rf"(?:\s*,)?\s+(?:and|but)\s+(?:also\s+)?(?=(?:(?:{_PREPOSITION})\s+)?(?:{_ASKING})\b|(?:{_AUXILIARY})\s)|"
    rf"\s*[?;]\s+(?:(?:and|but)\s+)?(?=(?:(?:{_PREPOSITION})\s+)?(?:{_ASKING}|{_AUXILIARY})\b)",
    re.IGNORECASE,
)
_BOTH = re.compile(rf"^\W*({_ASKING})\s+(?:and|or)\s+({_ASKING})\s+(\S.*)$", re.IGNORECASE | re.DOTALL)
_PERSON = re.compile(r"\b(he|she|him|his|her)\b", re.IGNORECASE)
_THING = re.compile(r"\b(it|its|they|them|their)\b(?!\s+(?:that|who)\b)", re.IGNORECASE)
_PHRASE = re.compile(
    rf"\b(?!at the (?:start|beginning|end)\b)(?:{_PREPOSITION})\s+(?:the|a|an|this|that|[A-Z][\w’']+)\b[^,?]*$"
)
_NOUN = re.compile(r"\b(?:the|an?|this|that|his|her|their)\s+[^,?]+$", re.IGNORECASE)
_AFTER_COPULA = re.compile(r"\b(?:is|are|was|were)\s+([^,?]+)$", re.IGNORECASE)
_CARRIED = re.compile(rf"\b(?:do|does|did)\s+|^\W*(?:{_AUXILIARY})\s+", re.IGNORECASE)
_PARTICIPLE = re.compile(r"(?:ed|en|wn|lt|ght)$")
ELLIPTIC = 2
"""Content words of a second question that has no name of its own: with so few it is about what the first is about."""


def split_question(text: str, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the two questions that a sentence asks, or the one.

    The second is completed by what the first is about: a pronoun of a person by the first of `names` that the first
    question has, one of a thing by its noun, and a question of few words by the place or event of the first.
    """
    if quoted(text):
        return (text,)
    if both := _BOTH.match(text):
        first, second, rest = both.groups()
        return (f"{first} {rest}", f"{second[0].upper() if first[0].isupper() else second[0]}{second[1:]} {rest}")
    for joint in _JOINT.finditer(text):
        first, second = text[: joint.start()].strip(), text[joint.end() :].strip()
        if _OPENS.match(first) and _is_clause(first) and _is_clause(second) and not _pairs_up(first):
            return (f"{first.rstrip(' ?')}?", _completed(first.rstrip(" ?"), f"{second.rstrip(' ?')}?", names))
    return (text,)


def _is_clause(text: str) -> bool:
    """Return True if a text has more than question words: "who scored", but not "and why?"."""
    found = [word.casefold() for word in word_runs(text)]
    return len(found) > 1 and any(not re.fullmatch(f"{_ASKING}|{_AUXILIARY}|{_PREPOSITION}", word) for word in found)


def _pairs_up(first: str) -> bool:
    """Return True if the "and" belongs to "between" or "both", or to "know who did it" and why."""
    paired = re.search(r"\b(?:between|both)\b[^,?]*$", first, re.IGNORECASE)
    return bool(paired) or len(re.findall(rf"\b(?:{_ASKING})\b", first, re.IGNORECASE)) > 1


def _completed(first: str, second: str, names: Sequence[str]) -> str:
    named = [name for name in names if name.casefold() in first.casefold()]
    if named and _PERSON.search(second):
        return _PERSON.sub(lambda match: _in_place_of(match[1], named[0]), second, count=1)
    thing = _noun(first) or (named[-1] if named else "")
    if thing and _THING.search(second):
        return _THING.sub(lambda match: _in_place_of(match[1], thing), second, count=1)
    own = any(name.casefold() in second.casefold() for name in names)
    content = [word for word in word_runs(second) if is_content(word)]
    if own or len(content) > ELLIPTIC or _PERSON.search(second) or _THING.search(second):
        return second
    if phrase := _PHRASE.search(first):
        return f"{second.rstrip('?')} {phrase[0].strip()}?"
    if not thing or re.search(r"\bat the (?:start|beginning|end)\b", first):
        return second
    return f"{second.rstrip('?')} ({thing})?" if _CARRIED.search(first) else f"{second.rstrip('?')} in {thing}?"


def _noun(first: str) -> str:
    """Return the noun of "how big was the fine" with its article, and that of "what is bird flu"."""
    phrase = _NOUN.search(first)
    noun = phrase[0].strip() if phrase else (copula[1].strip() if (copula := _AFTER_COPULA.search(first)) else "")
    words = re.split(rf"\s+(?={_PREPOSITION}\b)", noun)[0].split()
    ends_in_verb = _CARRIED.search(first) or (_PARTICIPLE.search(first) and words and _PARTICIPLE.search(words[-1]))
    return " ".join(words[:-1] if ends_in_verb and len(words) > 2 else words)


def _in_place_of(pronoun: str, noun: str) -> str:
    owner = pronoun.casefold() in {"his", "its", "their"}
    return f"{noun}’s" if owner else noun
