"""What a sentence denies: for each telling word, whether it is affirmed or denied there, off the parser's tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.words import FUNCTION_WORDS
from newsqa.verify.checks.clauses import predicates
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.opposites import (
    BUT,
    CONDITIONS,
    DEGREES,
    DENYING,
    ENDING,
    FACTIVE,
    FREE_OF,
    LACKING,
    LACKING_PHRASES,
    NEGATING,
    NEGATING_PHRASES,
    NEGATORS,
    NOBODY,
    NOT_DENYING,
    SET_ASIDE,
    WITHHOLDING,
    base,
)
from newsqa.verify.facts.synonyms import root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.verify.checks.trees import Tree


_ARGUMENTS = ("nsubj", "nsubjpass", "dobj", "attr", "dative", "npadvmod", "nmod")
_DOWN = frozenset({"xcomp", "acomp", "attr", "oprd"})
_NONE = NEGATORS | {"0", "zero"}
_TELLING = frozenset({"VERB", "NOUN", "ADJ", "ADV", "AUX"})
_BOUND = frozenset({"in", "on", "to", "by", "with", "from"})
"""Prepositions whose "no" denies the whole: “stands in no book”, where “at no cost” does not."""

_BUT_NOT = frozenset({("but", "not"), ("and", "not"), (",", "not")})
_INSTEAD = frozenset({"without", "instead", "except"})


@dataclass(frozen=True, slots=True)
class Signed:
    """A word with its sign: 1 where it is affirmed, -1 where it is denied, 0 where it is only part of a denial.

    `plain` tells whether a negation of grammar is at work, `words` are those of its clause, `told` whether it is what
    the clause tells: its verb, what someone is said to be, or the object ("found no survivors");
    `made` whether the word is made of its denial ("unhurt" counts as "hurt", denied).
    """

    word: str
    sign: int
    plain: bool
    told: bool
    made: bool
    part: str
    words: frozenset[str]
    at: int


@lru_cache(maxsize=4096)
def signed(text: str) -> tuple[Signed, ...]:
    """Return the telling words of a sentence with their signs. Raises ModelError if there is no parser."""
    parsed = tree(text)
    places = (at for at in range(len(parsed.tokens)) if _says_something(parsed, at))
    return tuple(_signed(parsed, at) for at in places)


def _says_something(parsed: Tree, at: int) -> bool:
    word, token = parsed.word(at), parsed.tokens[at]
    if word in DEGREES or predicates(parsed, at):
        return True
    telling = token.part in _TELLING or token.dependency == "ROOT"  # a root is a verb that may be taken for a name
    return telling and word.isalpha() and word not in FUNCTION_WORDS and token.dependency != "neg"


def _signed(parsed: Tree, at: int) -> Signed:
    token = parsed.tokens[at]
    word, inverted = base("be" if token.lemma == "be" else parsed.word(at))
    if word in DEGREES:
        above = teller(parsed, at)
        around = frozenset(clause_words(parsed, above))
        return Signed(word, 1, plain=False, told=True, made=False, part="DEGREE", words=around, at=at)
    predicate = predicates(parsed, at)
    owner = at if predicate else teller(parsed, at)
    denied = _denied(parsed, at) if predicate else _empty(parsed, at) + _lacked(parsed, at)
    sign = -1 if denied % 2 != inverted else 1
    if not predicate and not inverted:
        of_nothing = token.dependency in {"nsubj", "nsubjpass"} and denied
        sign = 0 if of_nothing or (not denied and owner != at and _denied(parsed, owner)) else sign
    if _untold(parsed, at, denied):
        sign = 0
    told = predicate or token.dependency in {"dobj", "conj", "ROOT"} or bool(denied)
    words = frozenset(clause_words(parsed, owner)) - {parsed.word(at)}
    return Signed(word, sign, bool(denied), told, inverted, token.part, words, at)


def _untold(parsed: Tree, at: int, denied: int) -> bool:
    """Check if a text leaves open what is so: "not until …" says when, "whether to …" asks, a plan may fail."""
    token = parsed.tokens[at]
    if token.part == "NOUN" and not denied and token.dependency in {"dobj", "nsubjpass"}:
        return root(parsed.word(token.head)) in WITHHOLDING | ENDING
    if not predicates(parsed, at):
        return token.part == "NOUN" and parsed.preposition(at) in {"against", "except"}
    asked = any(parsed.word(one) == "whether" for one in parsed.under(at, "mark"))
    when = {parsed.word(one) for one in _conditions(parsed, at)} & CONDITIONS
    dated = denied > 0 and bool(when) and not (when == {"before"} and _of_hardly_any(parsed, at))
    return asked or dated or _but_some(parsed, at) or _below_denial(parsed, at, denied)


def _below_denial(parsed: Tree, at: int, denied: int) -> bool:
    """Return True if a predicate stands under a denial that does not reach it."""
    token = parsed.tokens[at]
    if token.dependency == "advcl" and parsed.under(at, "aux") and not _too(parsed, at):
        return _denied(parsed, token.head) > 0  # "did not go so far as to blame"
    if token.dependency == "pcomp" and not denied:
        verb = parsed.tokens[token.head].head  # "nobody plans for moving concrete": it moves
        return bool(predicates(parsed, verb) and _denied(parsed, verb))
    factive = token.dependency == "ccomp" and root(parsed.word(token.head)) in FACTIVE
    return factive and _own_negations(parsed, token.head) > 0  # "has not told her that she is taught": she is


def _but_some(parsed: Tree, at: int) -> bool:
    """Return True if a predicate is told of all, or of none, but some: "nobody but the cook", "all except two"."""
    arguments = parsed.under(at, "nsubj", "nsubjpass", "dobj")
    beside = [low for one in arguments for low in (one, *parsed.under(one, "prep", "advmod"))]
    return any(parsed.word(one) in BUT for one in beside) or _all_but(parsed, arguments)


def _all_but(parsed: Tree, arguments: list[int]) -> bool:
    heads = [low for one in arguments for low in parsed.below(one, "relcl", "conj", "acl")]
    return any(parsed.word(one) == "but" and parsed.word(one - 1) in {"all", "nobody", "none"} for one in heads if one)


def _conditions(parsed: Tree, at: int) -> list[int]:
    clauses = parsed.under(at, "advcl")
    return parsed.under(at, "prep") + [mark for one in clauses for mark in parsed.under(one, "mark")]


def _of_hardly_any(parsed: Tree, at: int) -> bool:
    """Return True if what is denied is so for the rest, as "hardly any were sold before": no later sale is meant."""
    first = parsed.joined_to(at)
    low = [low for one in parsed.under(first, "nsubj", "nsubjpass") for low in parsed.below(one)]
    return any(parsed.word(one) in {"hardly", "scarcely", "barely", "few"} for one in low)


def _too(parsed: Tree, at: int) -> bool:
    """Return True if something is too much so for a verb to follow: "too well known to be sold"."""
    if not any(parsed.word(one) == "to" for one in parsed.under(at, "aux")):
        return False
    own = set(parsed.below(at))
    return any(parsed.word(one) == "too" and one < at for one in parsed.below(parsed.tokens[at].head) if one not in own)


def teller(parsed: Tree, at: int) -> int:
    """Return the predicate in whose clause a token stands, itself where there is none."""
    return next((head for head in parsed.heads(at) if predicates(parsed, head)), at)


def clause_words(parsed: Tree, at: int) -> Iterator[str]:
    """Yield the telling words of a clause and of those in one breath with it: above ("hopes to learn") and below."""
    top = at
    while parsed.tokens[top].dependency in {"xcomp", "attr", "acomp", "oprd", "pcomp"}:
        top = parsed.tokens[top].head
    aside = () if parsed.tokens[at].part == "ADJ" else ("advcl",)
    for one in parsed.below(top, "relcl", "conj", "parataxis", *aside):
        word = parsed.word(one)
        if parsed.tokens[one].part in _TELLING | {"PROPN", "NUM"} and word not in FUNCTION_WORDS:
            yield base(word)[0]


def _denied(parsed: Tree, at: int) -> int:
    """Count the negations under which a predicate stands: its own, and those that come down from what is above."""
    count = _own_negations(parsed, at) + _shared_negation(parsed, at) + _too(parsed, at)
    count += any(parsed.word(one) == "unless" for one in parsed.under(at, "mark"))
    token = parsed.tokens[at]
    above = token.head
    if token.dependency == "ccomp" and parsed.tokens[above].lemma != "be":  # "is not why it fell": it fell
        count += (_denied(parsed, above) + (root(parsed.word(above)) in DENYING)) if above < at else 0
    elif token.dependency in _DOWN:
        count += sum(_own_negations(parsed, one) for one in parsed.under(above, "csubj") if _stands_for(parsed, one))
        beside = [one for one in parsed.under(above, "acomp", "attr") if one != at]  # "is unable to open"
        count += _denied(parsed, above) + sum(_turns_round(parsed, one) for one in (above, *beside))
    elif token.dependency == "pcomp":
        noun = parsed.tokens[above].head
        count += parsed.word(above) in _INSTEAD or _turns_from(parsed, above) or _empty(parsed, noun)
    elif token.dependency == "acl" and parsed.under(at, "mark"):
        count += root(parsed.word(parsed.tokens[above].head)) in DENYING  # "rejected the claim that it leaked"
    elif token.dependency in {"acl", "relcl"} and parsed.under(at, "aux") and not parsed.under(at, "nsubj"):
        count += _empty(parsed, above)  # "no reason to complain"
    return count


def _stands_for(parsed: Tree, at: int) -> bool:
    """Return True if a clause stands for the verb that it is said to be: "what it cannot do is mend"."""
    return parsed.tokens[at].lemma == "do" and any(parsed.word(one) == "what" for one in parsed.under(at, "dobj"))


def _own_negations(parsed: Tree, at: int) -> int:
    count = sum(_negator(parsed, one) for one in parsed.under(at, "neg", "advmod", "preconj"))
    beside = parsed.under(at, "advmod")
    count += sum(any(parsed.word(low) == "no" for low in parsed.under(one, "neg", "det")) for one in beside)
    arguments = parsed.under(at, *_ARGUMENTS)
    behind = [one for one in parsed.under(at, "agent", "prep") if parsed.word(one) in _BOUND]
    arguments += [low for prep in behind for low in parsed.under(prep, "pobj")]
    arguments += [low for one in arguments for low in parsed.under(one, "poss")]
    count += sum(bool(_empty(parsed, one)) for one in arguments)
    yet = any(parsed.word(one) == "yet" for one in parsed.under(at, "advmod")) and bool(parsed.under(at, "xcomp"))
    return count + yet


def _negator(parsed: Tree, at: int) -> bool:
    """Return True if a token is a negation: "not only" is none."""
    following = parsed.word(at + 1) if at + 1 < len(parsed.tokens) else ""
    return parsed.word(at) in NEGATORS and following not in NOT_DENYING


def _negates(parsed: Tree, at: int) -> bool:
    """Return True if a verb turns what follows it round: "failed to", "denied that", "unable to"."""
    particles = {parsed.word(one) for one in parsed.under(at, "prt")}
    return root(parsed.word(at)) in NEGATING or (root(parsed.word(at)), *particles) in NEGATING_PHRASES


def _turns_round(parsed: Tree, at: int) -> bool:
    return _negates(parsed, at) or base(parsed.word(at))[1]


def _turns_from(parsed: Tree, prep: int) -> bool:
    """Return True if a preposition leads to what was kept from happening: "decided against", "stopped him from"."""
    if parsed.word(prep) == "against":
        return True
    if parsed.word(prep) == "of" and parsed.word(parsed.tokens[prep].head) == "short":
        return True
    return parsed.word(prep) == "from" and _negates(parsed, parsed.tokens[prep].head)


def _shared_negation(parsed: Tree, at: int) -> int:
    """Count the negations that a verb shares with the one to which "or" or "nor" joins it."""
    token = parsed.tokens[at]
    if token.dependency != "conj" or parsed.under(at, "nsubj", "nsubjpass", "aux", "auxpass"):
        return 0
    joints = {parsed.word(one) for one in parsed.under(token.head, "cc")}
    return _denied(parsed, token.head) if joints & {"or", "nor"} else 0


def _empty(parsed: Tree, at: int) -> int:
    """Count what makes a noun one of nothing: "no", "not one", "hardly any", "without"; "nobody" is so by itself."""
    if parsed.word(at) in NOBODY:
        return 1
    before = parsed.under(at, "det", "nummod", "preconj", "neg", "advmod")
    before += [low for one in before for low in parsed.under(one, "advmod")]  # "hardly any"
    count = sum(parsed.word(one) in _NONE for one in before)
    token = parsed.tokens[at]
    count += not count and token.part in {"NOUN", "PROPN"} and _set_aside(parsed, at)
    if token.dependency == "pobj":
        count += parsed.word(token.head) in _INSTEAD and not _set_aside(parsed, at)
        count += parsed.word(token.head) in {"of", "from"} and parsed.word(parsed.tokens[token.head].head) in FREE_OF
        whose = parsed.tokens[parsed.tokens[token.head].head]
        count += parsed.word(token.head) == "of" and whose.lemma in {"lack", "absence"}
    return count


def _set_aside(parsed: Tree, at: int) -> bool:
    """Return True if a noun is named as what it is not: "a tarpaulin instead of a cabin", "to them and not to us"."""
    first = min((one for one in parsed.below(at, "prep", "relcl", "acl", "conj", "appos") if one <= at), default=at)
    before = tuple(parsed.word(one) for one in range(max(0, first - 3), first))
    return before[-2:] in SET_ASIDE or before[-2:] in _BUT_NOT


def _lacked(parsed: Tree, at: int) -> int:
    """Return True if the verb above says of a noun that it is not there: "lacks", "turned down"."""
    token = parsed.tokens[at]
    above = token.head
    if token.dependency not in {"dobj", "nsubjpass"}:
        return 0
    if token.dependency == "dobj" and root(parsed.word(above)) in WITHHOLDING:
        return bool(parsed.under(above, "nsubjpass", "dative"))  # "was denied access"
    if token.dependency == "dobj" and not parsed.under(at, "neg") and _at_all(parsed, at):
        return _denied(parsed, above) % 2  # "did not find any survivors", "decided against even a meeting"
    return root(parsed.word(above)) in LACKING or _phrase(parsed, above) in LACKING_PHRASES


def _at_all(parsed: Tree, at: int) -> bool:
    """Return True if a noun is one of which, where the verb is denied, there is none: "any", "even a", "a single"."""
    return any(parsed.word(one) in {"any", "even", "single"} for one in parsed.under(at, "det", "advmod", "amod"))


def _phrase(parsed: Tree, at: int) -> tuple[str, ...]:
    """Return a verb with its particle, as roots."""
    return (root(parsed.word(at)), *(parsed.word(one) for one in parsed.under(at, "prt")))
