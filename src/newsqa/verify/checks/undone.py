"""What the quotes tell as refused, hoped for, unknown, unsaid or yet to come, and a sentence tells as done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.verify.checks.parties import meet
from newsqa.verify.checks.polarity import signed
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.negations import (
    BEFORE,
    COMPARED,
    HOPING,
    KNOWING,
    OFFERING,
    ONCE,
    QUESTIONS,
    REFUSING,
    SPEAKING,
)
from newsqa.verify.facts.sayings import REPORTING
from newsqa.verify.facts.synonyms import kin, root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.verify.checks.polarity import Signed
    from newsqa.verify.checks.trees import Tree


def undone_here(own: Sequence[Signed], text: str, pieces: Sequence[str]) -> str | None:
    """Return what a sentence tells as done or known that its quotes tell otherwise, or None.

    `own` are the sentence's words with their signs. Raises ModelError where there is no parser.
    """
    return (
        _answers(text, pieces)
        or _breaks_silence(own, text, pieces)
        or _measures(text, pieces)
        or _takes_what_was_refused(own, text, pieces)
        or _too_soon(own, text, pieces)
        or _does_what_was_hoped(own, pieces)
    )


def _measures(text: str, pieces: Sequence[str]) -> str | None:
    """Find what is over a standard here and under it there: "above last year's", "fewer than a year ago"."""
    there = {one for piece in pieces for one in _standards(piece)}
    for over, standard in _standards(text):
        if {(not over, standard)} == {one for one in there if one[1] == standard}:
            return f"it says {'more' if over else 'less'} than its quotes ({standard})"
    return None


def _standards(text: str) -> Iterator[tuple[bool, str]]:
    for found in COMPARED.finditer(text.lower()):
        if not found["not"]:
            yield found["over"] is not None, found["standard"]


def _only_so(some: Sequence[str], pieces: Sequence[str]) -> frozenset[str]:
    """Return the kin of those words that stand once in the quotes, in whatever form: a hope may come true later."""
    told = [one.word for piece in pieces for one in signed(piece)]
    once = [word for word in some if sum(not kin(word).isdisjoint(kin(other)) for other in told) < 2]
    return frozenset(k for word in once for k in kin(word))


def _takes_what_was_refused(own: Sequence[Signed], text: str, pieces: Sequence[str]) -> str | None:
    """Find a thing that somebody has here and refused there: one of its kind, that was not there before."""
    if any(one.sign < 1 for one in own) or any(root(one.word) in REFUSING | OFFERING for one in own):
        return None
    refused = _only_so([word for piece in pieces for word in _refused(piece)], pieces)
    parsed = tree(text)
    taken = [
        at for at in range(len(parsed.tokens)) if _any_one(parsed, at) and not kin(parsed.word(at)).isdisjoint(refused)
    ]
    return next((f"its quotes say that it was refused ({parsed.word(at)})" for at in taken), None)


def _refused(text: str) -> Iterator[str]:
    parsed = tree(text)
    for at in range(len(parsed.tokens)):
        above = root(parsed.word(parsed.tokens[at].head))
        if above in REFUSING and _any_one(parsed, at) and parsed.tokens[at].dependency == "dobj":
            yield parsed.word(at)


def _any_one(parsed: Tree, at: int) -> bool:
    """Whether a noun is one of its kind, not one spoken of before: "a stretcher", "treatment"."""
    return parsed.tokens[at].part == "NOUN" and {parsed.word(one) for one in parsed.under(at, "det", "poss")} <= {
        "a",
        "an",
    }


def _too_soon(own: Sequence[Signed], text: str, pieces: Sequence[str]) -> str | None:
    """Find what is done before something here, and there only once that is so."""
    if any(one.plain for one in own):
        return None
    there = [one for piece in pieces if " only " in piece for one in _depending(piece, ONCE)]
    for verb, words in _depending(text, BEFORE):
        if any(not kin(verb).isdisjoint(kin(other)) and meet(words, others) for other, others in there):
            return f"its quotes say that something else comes first ({verb} before …)"
    return None


def _depending(text: str, marks: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the verbs under which something stands that one of some words leads to, with the words of that."""
    parsed = tree(text)
    for at in range(len(parsed.tokens)):
        if parsed.word(at) in marks:
            clause = parsed.tokens[at].head if parsed.tokens[at].dependency in {"mark", "advmod"} else at
            told = [
                one
                for one in parsed.below(clause, "relcl", "conj")
                if parsed.tokens[one].part in {"NOUN", "VERB", "ADJ"}
            ]
            yield parsed.word(parsed.tokens[clause].head), frozenset(map(parsed.word, told))


def _does_what_was_hoped(own: Sequence[Signed], pieces: Sequence[str]) -> str | None:
    """Find a deed that was done here and only hoped for there, "but …"."""
    if any(one.sign < 1 for one in own) or any(root(one.word) in HOPING for one in own):
        return None
    hoped = _only_so([word for piece in pieces for word in _hoped(piece)], pieces)
    return next(
        (
            f"its quotes tell only of a hope ({one.word})"
            for one in own
            if one.part == "VERB" and one.told and not kin(one.word).isdisjoint(hoped)
        ),
        None,
    )


def _hoped(text: str) -> Iterator[str]:
    """Yield the verbs of what somebody hoped to do where a "but" follows."""
    parsed = tree(text)
    for at in range(len(parsed.tokens)):
        joined = {parsed.word(one) for one in parsed.under(at, "cc")}
        if root(parsed.word(at)) in HOPING and "but" in joined:
            yield from (parsed.word(low) for low in parsed.under(at, "xcomp"))


def _answers(text: str, pieces: Sequence[str]) -> str | None:
    """Find a question that one side knows an answer to, or tells it, and the other does not."""
    there = [one for piece in pieces for one in _questions(piece)]
    for verb, asked, sign in _questions(text):
        signs = {other_sign for _, other, other_sign in there if not kin(asked).isdisjoint(kin(other))}
        if signs == {-sign}:
            return f"it turns round what its quotes say is known ({verb} … {asked})"
    return None


def _questions(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the verbs of knowing and telling that rule a question, with its verb and the sign of their own."""
    parsed = tree(text)
    for one in signed(text):
        if one.sign and root(one.word) in KNOWING:
            for low in parsed.under(one.at, "ccomp"):
                if any(parsed.word(mark) in QUESTIONS for mark in parsed.children[low]):
                    yield one.word, parsed.word(low), one.sign


def _breaks_silence(own: Sequence[Signed], text: str, pieces: Sequence[str]) -> str | None:
    """Find one who is said to have spoken where the quotes tell only of one who said nothing."""
    if any(one.sign < 1 for one in own) or not any(map(_silent, pieces)):
        return None
    parsed = tree(text)
    return next(
        (
            f"its quotes tell of silence ({one.word})"
            for one in own
            if root(one.word) in SPEAKING and one.part == "VERB" and not parsed.under(one.at, "prep", "dobj")
        ),
        None,
    )


def _silent(text: str) -> bool:
    """Whether a text says that somebody said nothing, or that somebody did not speak."""
    parsed = tree(text)
    for one in signed(text):
        if one.sign < 0 and one.part == "VERB":
            objects = {parsed.word(low) for low in parsed.under(one.at, "dobj")}
            if root(one.word) in SPEAKING or (root(one.word) in REPORTING and objects & {"nothing", "anything"}):
                return True
    return False
