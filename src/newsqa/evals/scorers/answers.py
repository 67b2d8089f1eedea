"""How near an answer comes to the accepted ones: exact match, F1 of words, containment, ROUGE-L."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import TYPE_CHECKING

from newsqa.evals.scorers.normal import answer_tokens, findable, rouge_tokens
from newsqa.evals.scorers.said import answer_text
from newsqa.evals.sets.items import is_reference, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.evals.lines import Line
    from newsqa.evals.sets.items import Accepted, Item

    Parter = Callable[[str], list[str]]

_MOST_ORDERS = 6  # parts; more have too many orders to try


def answer_scores(line: Line) -> dict[str, float]:
    """Score the text of an answer against the accepted ones, each metric by the one that suits it best."""
    item = line.item
    if item.refusal_is_right or not item.answers:
        return {}
    text, articles = answer_text(line), not item.scored_as_squad
    scores = {
        "em": em(text, item.answers, articles=articles),
        "f1": f1(text, item.answers, articles=articles),
        "rouge_l": rouge_l(text, item.answers),
    }
    return scores | ({"contains": float(contains(text, item))} if strings(item) else {})


def em(text: str, accepted: Sequence[Accepted], *, articles: bool = True) -> float:
    """Exact match, 0 or 1: the tokens of the answer are those of an accepted one, its parts in any order.

    Nothing said matches nothing, though SQuAD's scorer is left with no token of "The The" either.
    """

    def part(words: str) -> list[str]:
        return answer_tokens(words, articles=articles)

    said = part(text)
    return float(
        bool(text.strip()) and any(said == order for answer in accepted for order in _orders(answer, said, part))
    )


def f1(text: str, accepted: Sequence[Accepted], *, articles: bool = True) -> float:
    """Harmonic mean of the precision and recall of tokens, counted with repetition, of the best accepted answer.

    Where neither has a token left it is exact match, as in SQuAD 2.0.
    """
    if em(text, accepted, articles=articles):
        return 1.0
    said = Counter(answer_tokens(text, articles=articles))
    wanted = (Counter(answer_tokens(" ".join(parts(answer)), articles=articles)) for answer in accepted)
    return max((_f((said & words).total(), said.total(), words.total()) for words in wanted), default=0.0)


def contains(text: str, item: Item) -> bool:
    """Whether a string among the accepted answers stands in a text, every part of it, on token boundaries."""
    within = findable(text, articles=not item.scored_as_squad)
    return any(all(part in within for part in string) for string in strings(item))


def rouge_l(text: str, accepted: Sequence[Accepted]) -> float:
    """ROUGE-L (Lin 2004): F1 of the longest common subsequence of tokens, unstemmed, of the best accepted answer."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415

    said = rouge_tokens(text)
    orders = [order for answer in accepted for order in _orders(answer, said, rouge_tokens)]
    return max((_f(LCSseq.similarity(said, order), len(said), len(order)) for order in orders), default=0.0)


def strings(item: Item) -> list[tuple[str, ...]]:
    """Return the accepted answers that can be looked for in a text, each as its parts in findable form."""
    articles = not item.scored_as_squad
    shorter = (answer for answer in item.answers if not is_reference(answer))
    found = [tuple(findable(part, articles=articles) for part in parts(answer)) for answer in shorter]
    return [string for string in found if string and all(string)]


def _orders(answer: Accepted, said: Sequence[str], part: Parter) -> Iterator[list[str]]:
    """Yield the tokens of an accepted answer in every order of its parts; of very many, in that of the answer."""
    tokens = [part(words) for words in parts(answer)]
    if len(tokens) <= _MOST_ORDERS:
        yield from ([word for words in order for word in words] for order in permutations(tokens))
    else:
        yield [word for words in sorted(tokens, key=lambda words: _place(said, words)) for word in words]


def _place(said: Sequence[str], words: Sequence[str]) -> int:
    """Return where a run of words begins in an answer; behind it where it does not."""
    places = range(len(said) - len(words) + 1)
    return next((at for at in places if said[at : at + len(words)] == words), len(said))


def _f(common: int, said: int, wanted: int) -> float:
    return 2 * common / (said + wanted) if common else 0.0
