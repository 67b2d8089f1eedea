"""Denials and opposites: nothing may be denied that the quotes affirm, or the reverse, and no word turned round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.text.words import word_set
from newsqa.verify.checks.opposed import says_opposite, says_the_same
from newsqa.verify.checks.parties import meet
from newsqa.verify.checks.polarity import signed
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.opposites import (
    BEFORE,
    COMPARED,
    HOPING,
    KNOWING,
    LEAVES_OUT,
    OFFERING,
    ONCE,
    QUESTIONS,
    REFUSING,
    SOLE,
    SPEAKING,
    opposites,
)
from newsqa.verify.facts.synonyms import REPORTING, kin, root
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.verify.checks.polarity import Signed
    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.trees import Tree


_LIGHT = frozenset(map(root, word_set("be is are was were have has had do make get take go come")))


_AT_HAND = frozenset({"open", "ready", "available", "due"})
"""What something is said to be for that which it is, in other words, not up for."""

_SAYING = REPORTING - frozenset(
    map(root, word_set("mention recommend confirm acknowledge admit reveal announce promise"))
)
"""Verbs of saying that tell so little that the denial of one says nothing of another."""


def check_denials(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return what a sentence denies or affirms against its quotes, or None."""
    own = signed(sentence.text)
    pieces = [signed(piece.reading.text) for piece in source.pieces]
    there = [one for piece in pieces for one in piece]
    if "since" in sentence.folded and "last" in source.whole.folded:
        return None  # "not opened since May" is "last opened in May"
    turned = says_opposite(sentence.text, [piece.reading.text for piece in source.pieces])
    if turned:
        return Fault("opposite", (turned,))
    alone = [one for one in own if not (one.sign < 0 and _told_by_opposite(sentence, one, source))]
    undone = _undone(own, sentence.text, [piece.reading.text for piece in source.pieces])
    return _against(own, there) or _denies_alone(alone, pieces) or _leaves_denial_out(own, there) or undone


def _told_by_opposite(sentence: Reading, one: Signed, source: QuoteText) -> bool:
    """Return True if the quotes tell by an opposite what is denied: "did not take off" where planes were grounded."""
    return any(says_the_same(sentence.text, one.at, piece.reading.text) for piece in source.pieces)


def _against(own: Sequence[Signed], there: Sequence[Signed]) -> Fault | None:
    """Find a word that is denied here and affirmed there, or the reverse, or whose opposite stands in its place."""
    excused = _any_of(LEAVES_OUT | {"short"}, own), _any_of(SOLE | LEAVES_OUT, there)
    for one in own:
        if not one.sign or excused[one.sign < 0] or _said_both_ways(one, own) or _denied_apart(one, own):
            continue
        alike = _alike(one, there)
        if alike and all(sign * one.sign < 0 for _, sign in alike):
            return Fault("denies_affirmed" if one.sign < 0 else "affirms_denied", (one.word,))
    return None


def _denied_apart(one: Signed, own: Sequence[Signed]) -> bool:
    """Check if a deed is only named and its denial may stand beside it: "mending is something that it cannot do"."""
    return one.word.endswith("ing") and not one.told and any(other.plain for other in own)


def _any_of(roots: frozenset[str], some: Sequence[Signed]) -> bool:
    return any(root(one.word) in roots for one in some)


def _said_both_ways(one: Signed, own: Sequence[Signed]) -> bool:
    return any(root(other.word) == root(one.word) and other.sign != one.sign for other in own)


def _alike(one: Signed, there: Sequence[Signed]) -> list[tuple[Signed, int]]:
    """Return the words of the quotes that say the same or the opposite, at home in the same words, with signs.

    The sign is that of the word in the sentence's terms: an opposite that is affirmed counts as denied. It comes
    before a mere synonym, but after the word itself.
    """
    near = [other for other in there if _comparable(one, other)]
    if one.part == "ADJ" and one.word in _AT_HAND:
        near_be = [o for o in near if o.word == "be" and o.sign < 0]
        if bare := [(o, o.sign) for o in near_be if len(o.words) > 1 and _shared(o, one) == len(o.words)]:
            return bare
    if root(one.word) in _LIGHT:  # that something "is not" tells what it is not only by the words around it
        return [
            (o, o.sign)
            for o in near
            if o.word == one.word and _shared(one, o) >= min(2, max(1, len(o.words))) and _at_home(one, o)
        ]
    same = [(other, other.sign) for other in near if root(one.word) == root(other.word)]
    if (same and root(one.word) in _SAYING) or _compares(one):
        return []
    if same and one.part == "NOUN":
        return _nearest(one, same)
    if len(same) == 1 and one.part == same[0][0].part == "VERB":
        return same
    against = opposites(root(one.word))
    alike = [other for other in near if root(other.word) not in against]
    like = [(other, other.sign) for other in alike if not kin(one.word).isdisjoint(kin(other.word))]
    ways = ([(other, sign) for other, sign in way if _at_home(one, other)] for way in (same, like))
    found = next((way for way in ways if way), [])
    return _nearest(one, found)


def _nearest(one: Signed, found: list[tuple[Signed, int]]) -> list[tuple[Signed, int]]:
    """Return those among at least half as many of the same words as the one among most."""
    most = max((_shared(one, other) for other, _ in found), default=0)
    return [(other, sign) for other, sign in found if 2 * _shared(one, other) >= most]


def _compares(one: Signed) -> bool:
    """Return True if a word compares two: "nowhere higher" is "highest"."""
    return one.part in {"ADJ", "ADV"} and one.word.endswith(("er", "est")) and one.sign < 0


def _comparable(one: Signed, other: Signed) -> bool:
    """Check if two words may be held against each other: told ones, nouns of which one is denied, "unhurt", "hurt"."""
    if one.told and other.told:
        return True
    if one.made != other.made:
        return root(one.word) == root(other.word)
    if root(one.word) == root(other.word) and "ing" in {one.word[-3:], other.word[-3:]} and one.part != other.part:
        return one.plain or other.plain  # the name of a deed, that may be taken for a verb
    return one.part == other.part == "NOUN" and (one.plain or other.plain)


def _at_home(one: Signed, other: Signed) -> bool:
    """Return True if two stand among the same words: at least a third of those of the shorter clause."""
    return 3 * _shared(one, other) >= min(len(one.words), len(other.words))


def _shared(one: Signed, other: Signed) -> int:
    known = frozenset(k for word in other.words for k in kin(word))
    return sum(not kin(word).isdisjoint(known) for word in one.words)


def _denies_alone(own: Sequence[Signed], pieces: Sequence[Sequence[Signed]]) -> Fault | None:
    """Find a denial of which the sentence of the quotes that speaks of it has no trace, not even in a word's sense."""
    for one in own:
        if one.plain and one.told and one.sign < 0 and not _compares(one):
            shared = [_held(one, piece) for piece in pieces]
            if 5 * max(shared, default=0) < 3 * (len(one.words) + 1):
                continue  # said in other words, of which one may be a denial
            near = [piece for piece, score in zip(pieces, shared, strict=True) if score == max(shared)]
            if near and not any(_hints(one, piece) for piece in near):
                return Fault("denial_added", (one.word,))
    return None


def _held(one: Signed, piece: Sequence[Signed]) -> int:
    """Count the words of a clause that a sentence has."""
    known = frozenset(k for other in piece for word in (other.word, *other.words) for k in kin(word))
    return sum(not kin(word).isdisjoint(known) for word in (one.word, *one.words))


def _hints(one: Signed, piece: Sequence[Signed]) -> bool:
    """Return True if a sentence may deny something, in whatever words, or has the opposite of what is denied."""
    return _may_deny(piece) or _any_of(SOLE | opposites(root(one.word)), piece)


def _leaves_denial_out(own: Sequence[Signed], there: Sequence[Signed]) -> Fault | None:
    """Find a denial of the quotes whose clause is told here without any."""
    denied = frozenset(k for one in own if one.sign < 1 for k in kin(one.word))
    for other in (one for one in there if one.sign < 0 and one.told and one.part != "NOUN" and len(one.words) > 1):
        if other.made and any(one.plain for one in own):
            continue  # "unsafe to drink" tells one "not to drink"
        if root(other.word) in _LIGHT or not kin(other.word).isdisjoint(denied):
            continue
        held = [one for one in own if one.told and 3 * _shared(other, one) >= 2 * len(other.words)]
        if held and not _may_deny(held) and not _may_deny_by_words(own, other):
            return Fault("denial_lost", (other.word,))
    return None


def _may_deny(some: Sequence[Signed]) -> bool:
    """Return True if some words deny anything, or may in effect."""
    return any(one.sign < 1 or one.plain or root(one.word) in LEAVES_OUT for one in some)


def _may_deny_by_words(own: Sequence[Signed], other: Signed) -> bool:
    """Return True if a sentence has the opposite of what is denied, or a word that denies without a negation."""
    return _any_of(opposites(root(other.word)) | LEAVES_OUT, own)


# What the quotes report as refused, hoped for, unknown, unsaid or yet to come, and a sentence as done.


def _undone(own: Sequence[Signed], text: str, pieces: Sequence[str]) -> Fault | None:
    """Return what a sentence tells as done or known that its quotes tell otherwise, or None.

    `own` are the sentence's words with their signs. Raises ModelError if there is no parser.
    """
    return (
        _answers(text, pieces)
        or _breaks_silence(own, text, pieces)
        or _measures(text, pieces)
        or _takes_what_was_refused(own, text, pieces)
        or _too_soon(own, text, pieces)
        or _does_what_was_hoped(own, pieces)
    )


def _measures(text: str, pieces: Sequence[str]) -> Fault | None:
    """Find what is over a standard here and under it there: "above last year's", "fewer than a year ago"."""
    there = {one for piece in pieces for one in _standards(piece)}
    for over, standard in _standards(text):
        if {(not over, standard)} == {one for one in there if one[1] == standard}:
            return Fault("comparison_reversed", ("more" if over else "less", standard))
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


def _takes_what_was_refused(own: Sequence[Signed], text: str, pieces: Sequence[str]) -> Fault | None:
    """Find a thing that somebody has here and refused there: one of its kind, that was not there before."""
    if any(one.sign < 1 for one in own) or any(root(one.word) in REFUSING | OFFERING for one in own):
        return None
    refused = _only_so([word for piece in pieces for word in _refused(piece)], pieces)
    parsed = tree(text)
    taken = [
        at for at in range(len(parsed.tokens)) if _any_one(parsed, at) and not kin(parsed.word(at)).isdisjoint(refused)
    ]
    return next((Fault("refused", (parsed.word(at),)) for at in taken), None)


def _refused(text: str) -> Iterator[str]:
    parsed = tree(text)
    for at in range(len(parsed.tokens)):
        above = root(parsed.word(parsed.tokens[at].head))
        if above in REFUSING and _any_one(parsed, at) and parsed.tokens[at].dependency == "dobj":
            yield parsed.word(at)


def _any_one(parsed: Tree, at: int) -> bool:
    """Return True if a noun is one of its kind, not one spoken of before: "a stretcher", "treatment"."""
    return parsed.tokens[at].part == "NOUN" and {parsed.word(one) for one in parsed.under(at, "det", "poss")} <= {
        "a",
        "an",
    }


def _too_soon(own: Sequence[Signed], text: str, pieces: Sequence[str]) -> Fault | None:
    """Find what is done before something here, and there only once that is so."""
    if any(one.plain for one in own):
        return None
    there = [one for piece in pieces if " only " in piece for one in _depending(piece, ONCE)]
    for verb, words in _depending(text, BEFORE):
        if any(not kin(verb).isdisjoint(kin(other)) and meet(words, others) for other, others in there):
            return Fault("too_soon", (verb,))
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


def _does_what_was_hoped(own: Sequence[Signed], pieces: Sequence[str]) -> Fault | None:
    """Find a deed that was done here and only hoped for there, "but …"."""
    if any(one.sign < 1 for one in own) or any(root(one.word) in HOPING for one in own):
        return None
    hoped = _only_so([word for piece in pieces for word in _hoped(piece)], pieces)
    return next(
        (
            Fault("only_hoped", (one.word,))
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


def _answers(text: str, pieces: Sequence[str]) -> Fault | None:
    """Find a question that one side knows an answer to, or tells it, and the other does not."""
    there = [one for piece in pieces for one in _questions(piece)]
    for verb, asked, sign in _questions(text):
        signs = {other_sign for _, other, other_sign in there if not kin(asked).isdisjoint(kin(other))}
        if signs == {-sign}:
            return Fault("knowledge_reversed", (verb, asked))
    return None


def _questions(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the verbs of knowing and telling that rule a question, with its verb and the sign of their own."""
    parsed = tree(text)
    for one in signed(text):
        if one.sign and root(one.word) in KNOWING:
            for low in parsed.under(one.at, "ccomp"):
                if any(parsed.word(mark) in QUESTIONS for mark in parsed.children[low]):
                    yield one.word, parsed.word(low), one.sign


def _breaks_silence(own: Sequence[Signed], text: str, pieces: Sequence[str]) -> Fault | None:
    """Find one who is said to have spoken where the quotes tell only of one who said nothing."""
    if any(one.sign < 1 for one in own) or not any(map(_silent, pieces)):
        return None
    parsed = tree(text)
    return next(
        (
            Fault("silence_broken", (one.word,))
            for one in own
            if root(one.word) in SPEAKING and one.part == "VERB" and not parsed.under(one.at, "prep", "dobj")
        ),
        None,
    )


def _silent(text: str) -> bool:
    """Return True if a text says that somebody said nothing, or that somebody did not speak."""
    parsed = tree(text)
    for one in signed(text):
        if one.sign < 0 and one.part == "VERB":
            objects = {parsed.word(low) for low in parsed.under(one.at, "dobj")}
            if root(one.word) in SPEAKING or (root(one.word) in REPORTING and objects & {"nothing", "anything"}):
                return True
    return False
