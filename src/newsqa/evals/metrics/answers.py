"""How near an answer comes to the accepted ones (exact match, F1, containment, ROUGE-L), and if it is right."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING, Literal

from newsqa.evals.datasets.items import Accepted, Item, is_reference, parts
from newsqa.evals.metrics.base import Metric, answer_text, answered, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from newsqa.evals.run_file import RunLine

    Tokenize = Callable[[str], list[str]]

_ANSWER = "Over questions with accepted answers; a refusal or failure scores 0."
METRICS = (
    Metric("em", "answer", "Exact match", f"The answer is an accepted one, and nothing else. {_ANSWER}", rate=True),
    Metric("f1", "answer", "F1 of words", f"Words shared with the nearest accepted answer. {_ANSWER}"),
    Metric(
        "contains",
        "answer",
        "Contains an accepted answer",
        f"An accepted answer stands in the answer, as whole words; reference texts are not looked for. {_ANSWER}",
        rate=True,
    ),
    Metric("rouge_l", "answer", "ROUGE-L", f"Longest common run of words, gaps allowed, as F. {_ANSWER}"),
    Metric("right", "answer", "Right by the rules", "Over questions with rules; a failure scores 0.", rate=True),
    Metric(
        "wrong_or_outdated",
        "answer",
        "Says what it must not",
        "The sentences of the answer hold a string of `none_of`. Over questions with rules.",
        "lower",
        rate=True,
    ),
)

Miss = Literal[
    "should have refused", "wrongly refused", "wrong or outdated", "lacks the answer", "other source", "too long"
]
"""What is wrong with an answer; of several things the first."""

# The normal forms in which answers are compared: what case, typography and punctuation do to a text.
#
# All begin with NFKC, lower case, one kind of quote and dash, and no invisible characters. Then each follows the
# definition that its metric has elsewhere, to the letter on ASCII text:
#
# - `answer_tokens` (EM, F1): punctuation and currency signs are taken out without a gap, so that "7.25 a.m." is "725
#   am" and "well-known" is "wellknown", as the scorer of RealTime QA (arXiv:2207.13332) does. Its counters of Japanese
#   and Korean are left as they are.
# - `rouge_tokens` (ROUGE-L): runs of letters and digits, as in the package rouge-score.
# - `findable` (is one text in another): runs of letters and digits too, but a number is one token, so that
#   "260" is not found in "1,260" nor "5 million" in "2.5 million", and so are initials ("U.S."). An apostrophe is left
#   out, save before a possessive s, which is a token of its own: "Netflix" is in "Netflix's". Times read alike with
#   a colon or a full stop, with a gap before am and pm or without.

_INVISIBLE = [0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
_ONE_KIND = {
    **dict.fromkeys("‘’‚‛′ʼ´＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys(map(chr, _INVISIBLE), ""),
}
_OTHER_KINDS = re.compile(f"[{''.join(_ONE_KIND)}]")
_RUN = re.compile(r"[^\W_]+")
_FINDABLE = re.compile(
    r"[^\W\d_](?:\.[^\W\d_]){1,8}(?![^\W_])"  # initials
    r"|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)*|\d+(?:[.:]\d+)+"  # thousands; decimals, times, dates in figures
    r"|\d+(?=[ap]m(?![^\W_]))"  # the hour of 9pm
    r"|[^\W_]+(?:'(?!s(?![^\W_]))[^\W_]+)*"  # words with their apostrophes, a possessive s apart
)
_DOT_OF_INITIALS = re.compile(r"(?<=[^\W\d_])\.")

_ASCII_SYMBOLS = "$+<=>^`|~"  # what ASCII counts as punctuation and Unicode as symbols
_FRACTION_SLASH = "\u2044"  # NFKC makes "1⁄2" of "½"
_PUNCTUATION = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sc"})


def plain(text: str) -> str:
    """Return a text in lower case and one typography, without soft hyphens, zero widths and marks of direction."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _OTHER_KINDS.sub(lambda other: _ONE_KIND[other[0]], text)).lower()


def answer_tokens(text: str) -> list[str]:
    """Split an answer as EM and F1 compare it."""
    return "".join(c for c in plain(text) if not _is_punctuation(c)).split()


def rouge_tokens(text: str) -> list[str]:
    """Split a text into its runs of letters and digits."""
    return _RUN.findall(plain(text))


def findable(text: str) -> str:
    """Return the tokens of a text with a space around each: one text is in another if its form is.

    A text without a letter or digit gives "", which is in every text: check for it before you look for it.
    """
    tokens = " ".join(_FINDABLE.findall(plain(text)))
    tokens = _DOT_OF_INITIALS.sub("", tokens.replace(",", "").replace("'", "").replace(":", "."))
    return f" {tokens} " if tokens else ""


@lru_cache(maxsize=4096)
def _is_punctuation(character: str) -> bool:
    """Return True if a character is punctuation, or one of the signs that ASCII counts as such, or money."""
    return (
        character in _ASCII_SYMBOLS or character == _FRACTION_SLASH or unicodedata.category(character) in _PUNCTUATION
    )


_MOST_ORDERS = 6  # parts; more have too many orders to try


def answer_scores(line: RunLine) -> dict[str, float]:
    """Score the text of an answer against the accepted ones, each metric by the one that suits it best."""
    item = line.item
    if item.refusal_is_right or not item.answers:
        return {}
    text = answer_text(line)
    scores = {"em": em(text, item.answers), "f1": f1(text, item.answers), "rouge_l": rouge_l(text, item.answers)}
    return scores | ({"contains": float(contains(text, item))} if strings(item) else {})


def em(text: str, accepted: Sequence[Accepted]) -> float:
    """Exact match, 0 or 1: the tokens of the answer are those of an accepted one, its parts in any order."""
    said = answer_tokens(text)
    orders = (order for answer in accepted for order in _orders(answer, said, answer_tokens))
    return float(bool(text.strip()) and said in orders)


def f1(text: str, accepted: Sequence[Accepted]) -> float:
    """Harmonic mean of the precision and recall of tokens, counted with repetition, of the best accepted answer.

    Where neither has a token left it is exact match, as in SQuAD 2.0.
    """
    if em(text, accepted):
        return 1.0
    said = Counter(answer_tokens(text))
    wanted = (Counter(answer_tokens(" ".join(parts(answer)))) for answer in accepted)
    return max((_f((said & words).total(), said.total(), words.total()) for words in wanted), default=0.0)


def contains(text: str, item: Item) -> bool:
    """Return True if a string among the accepted answers is in a text, every part of it, on token boundaries."""
    within = findable(text)
    return any(all(part in within for part in string) for string in strings(item))


def rouge_l(text: str, accepted: Sequence[Accepted]) -> float:
    """ROUGE-L (Lin 2004): F1 of the longest common subsequence of tokens, unstemmed, of the best accepted answer."""
    from rapidfuzz.distance import LCSseq

    said = rouge_tokens(text)
    orders = [order for answer in accepted for order in _orders(answer, said, rouge_tokens)]
    return max((_f(LCSseq.similarity(said, order), len(said), len(order)) for order in orders), default=0.0)


def strings(item: Item) -> list[tuple[str, ...]]:
    """Return the accepted answers that can be looked for in a text, each as its parts in findable form."""
    shorter = (answer for answer in item.answers if not is_reference(answer))
    found = [tuple(findable(part) for part in parts(answer)) for answer in shorter]
    return [string for string in found if string and all(string)]


def _orders(answer: Accepted, said: Sequence[str], tokenize: Tokenize) -> Iterator[list[str]]:
    """Yield the tokens of an accepted answer in every order of its parts; of very many, in that of the answer."""
    tokens, text = [tokenize(words) for words in parts(answer)], " ".join(said)
    ordered = sorted(tokens, key=lambda words: text.find(" ".join(words)))
    orders = permutations(tokens) if len(tokens) <= _MOST_ORDERS else [ordered]
    yield from ([word for words in order for word in words] for order in orders)


def _f(common: int, said: int, wanted: int) -> float:
    return 2 * common / (said + wanted) if common else 0.0


# Answers to readers' questions, judged by the rules of the set: what an answer must hold, and must not. Texts are
# compared in lower case, with every run of other characters than letters and digits as one space.

_GAP = re.compile(r"\W+")
_WORD = re.compile(r"\S*\w\S*")


def reader_scores(line: RunLine) -> dict[str, float]:
    """Score an answer by the rules of its question, if there are any."""
    if line.item.rules is None:
        return {}
    missed = None if line.failed else miss(line)
    return {
        "right": float(not line.failed and missed is None),
        "wrong_or_outdated": float(missed == "wrong or outdated"),
    }


def miss(line: RunLine) -> Miss | None:
    """Return what is wrong with an answer, or None. The line did not fail, and its question has rules."""
    rules, can_be = line.item.rules, line.item.answerable
    assert rules is not None  # noqa: S101  see above
    if line.refused:
        return "wrongly refused" if can_be else None
    if can_be is False:
        return "should have refused"
    text = answer_text(line)
    if _holds(" ".join(sentence.text for sentence in sentences(line)), rules.none_of):
        return "wrong or outdated"
    if not all(_holds(text, group) for group in (rules.any_of, *rules.all_of) if group):
        return "lacks the answer"
    if rules.cites_any and not _cites(line, rules.cites_any):
        return "other source"
    return "too long" if rules.max_words and len(_WORD.findall(text)) > rules.max_words else None


def _holds(text: str, strings: Iterable[str]) -> bool:
    within = _normalize(text)
    return any(_normalize(string) in within for string in strings)


def _normalize(text: str) -> str:
    return _GAP.sub(" ", text.lower()).strip()


def _cites(line: RunLine, starts: tuple[str, ...]) -> bool:
    """Return True if the address or path of a citation is one of these, or begins with one."""
    places = ((cited.get("url"), cited.get("path")) for cited in line.record.get("citations") or ())
    return any(place.startswith(starts) for both in places for place in both if place)


# Right or wrong: the one place that decides it, for buckets, selective answering and the running score.


def answerable(item: Item) -> bool | None:
    """Return True if an answer is right and no refusal; None if the set does not say.

    A question that has answers or gold is answerable unless it is marked as not.
    """
    return item.answerable if item.answerable is not None else (True if item.answers or item.gold else None)


def right(line: RunLine) -> bool | None:
    """Return True if a question was treated rightly; None if the set does not say.

    If a refusal is right, it must be refused. Else it must be answered, and an accepted answer must be in the
    answer; in a set without answers to look for, one of its citations must be from a gold article. If the question has
    rules, they alone decide.
    """
    if line.item.rules is not None:
        return not line.failed and miss(line) is None
    if line.item.refusal_is_right:
        return line.refused and not line.failed
    if not answered(line):
        return False if answerable(line.item) else None
    if strings(line.item):
        return contains(answer_text(line), line.item)
    return cites_gold(line) if line.known.gold else None


def cites_gold(line: RunLine) -> bool:
    """Return True if a citation is from an article of the gold, or a copy of it."""
    gold = {article for ids in line.known.gold for article in ids}
    return any(citation.get("article_id") in gold for citation in line.record.get("citations") or ())
