"""Clauses: who does what to whom, what is denied, who says what; one for each verb, read off the parser's tree.

Active and passive, "who …" and "…, asked by", verbs joined by "and" and verbs under others ("hopes to learn") all come
out alike, so that a sentence and its quotes can be laid side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.words import FUNCTION_WORDS
from newsqa.verify.checks.parties import RELATIVE, Party, parties
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.synonyms import REPORTING, root

if TYPE_CHECKING:
    from newsqa.verify.checks.trees import Tree


_SUBORDINATE = frozenset({"advcl", "pcomp", "xcomp", "ccomp", "conj", "relcl", "acl", "parataxis"})
_COMPLEMENTS = ("attr", "acomp", "oprd")
_NAMING = frozenset({"name", "appoint", "elect", "nominate", "choose", "make", "crown", "declare"})
_DUTIES = frozenset({"onus", "burden", "duty", "obligation", "responsibility"})
_OF_OBJECTS = frozenset({"of", "from", "into", "for"})
_BEFORE_SPEAKER = frozenset({",", "”", '"', "’", "'", "?", "!"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A verb, or what someone is said to be, with who does it, to whom it is done, and others by their preposition.

    `words` are the folded words of the clause that say something, without the verb, and `at` is its place in the tree.
    """

    verb: str
    at: int
    doers: tuple[Party, ...]
    done: tuple[Party, ...]
    others: tuple[tuple[str, Party], ...]
    words: frozenset[str]
    passive: bool

    @property
    def parties(self) -> tuple[Party, ...]:
        """All who take part."""
        return (*self.doers, *self.done, *(party for _, party in self.others))


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Clause, ...]:
    """Read a sentence as its clauses, in order. Raises ModelError if there is no parser."""
    parsed = tree(text)
    return tuple(_clause(parsed, at) for at in range(len(parsed.tokens)) if predicates(parsed, at))


def predicates(parsed: Tree, at: int) -> bool:
    """Return True if a token is a verb that says something, or a noun or adjective that stands with "be"."""
    token = parsed.tokens[at]
    if token.dependency in {"aux", "auxpass", "amod", "compound", "det", "prep", "case"}:
        return False
    if token.part in {"VERB", "AUX"}:
        return not (token.lemma == "be" and parsed.under(at, *_COMPLEMENTS))
    return complements(parsed, at)


def complements(parsed: Tree, at: int) -> bool:
    """Return True if a token says what somebody is: "was due", "is the mayor"."""
    first = parsed.joined_to(at)
    head = parsed.tokens[parsed.tokens[first].head]
    return parsed.tokens[first].dependency in _COMPLEMENTS and head.part in {"VERB", "AUX"}


def _clause(parsed: Tree, at: int) -> Clause:
    passive = _is_passive(parsed, at)
    subjects = _subjects(parsed, at)
    agents = [low for by in parsed.under(at, "agent") for low in parsed.under(by, "pobj")]
    objects = parsed.under(at, "dobj", "dative") if not passive else parsed.under(at, "dobj")
    objects += _antecedents(parsed, at, "dobj")
    objects = objects or _called_something(parsed, at)
    doers, done = (agents, [*subjects, *objects]) if passive else (subjects, objects)
    if not doers and _inverted(parsed, at):
        doers, done = objects, []
    return Clause(
        parsed.word(at),
        at,
        _all_parties(parsed, doers),
        _all_parties(parsed, done),
        _others(parsed, at),
        frozenset(_own_words(parsed, at)),
        passive,
    )


def _called_something(parsed: Tree, at: int) -> list[int]:
    """Return whom a verb makes something, where the parser takes both for what they are called: "named Tam head"."""
    names = parsed.tokens[at].lemma in _NAMING and not _is_passive(parsed, at)
    called = parsed.under(at, "oprd")[:1] if names else []
    return [one for one in called if any(party.names for party in parties(parsed, one))]


def _inverted(parsed: Tree, at: int) -> bool:
    """Return True if what follows a verb of saying is its subject: “…,” asked the baker."""
    before = parsed.tokens[at - 1].text if at else ""
    return root(parsed.word(at)) in REPORTING and before in _BEFORE_SPEAKER


def _all_parties(parsed: Tree, places: list[int]) -> tuple[Party, ...]:
    named = (at for at in dict.fromkeys(places) if parsed.word(at) not in RELATIVE)
    return tuple(party for at in named for party in parties(parsed, at))


def _is_passive(parsed: Tree, at: int) -> bool:
    if parsed.under(at, "auxpass", "nsubjpass", "agent"):
        return True
    bare = not parsed.under(at, "aux", "nsubj")
    return bare and parsed.tokens[at].tag == "VBN" and parsed.tokens[at].dependency in {"acl", "advcl", "conj"}


def _subjects(parsed: Tree, at: int) -> list[int]:
    """Return who stands as the subject of a verb: its own, the noun it describes, or that of the verb above it."""
    seen: set[int] = set()
    while at not in seen:
        seen.add(at)
        own = parsed.under(at, "nsubj", "nsubjpass")
        if named := [one for one in own if parsed.word(one) not in RELATIVE]:
            return named
        token = parsed.tokens[at]
        first = parsed.joined_to(at)
        if own or token.dependency in {"acl", "relcl"}:
            return _described(parsed, first) if parsed.tokens[first].dependency in {"acl", "relcl"} else []
        if parsed.tokens[at].dependency == "xcomp" and (above := _bidden(parsed, token.head)):
            return above  # "asked the assembly to look": the assembly looks
        if told_of := _blamed(parsed, at) or _obliged(parsed, at):
            return told_of
        at = _above(parsed, at)
    return []


def _bidden(parsed: Tree, at: int) -> list[int]:
    """Return who is asked to do something, where it is one who can: nobody asks the interview in "used it to say"."""
    found = parsed.under(at, "dobj", "dative")[:1]
    return [one for one in found if any(party.acts for party in parties(parsed, one))]


def _blamed(parsed: Tree, at: int) -> list[int]:
    """Return who does it in "accused Adams of taking", "kept him from scoring": the object of the verb above."""
    if parsed.tokens[at].dependency != "pcomp" or parsed.preposition(at) not in _OF_OBJECTS:
        return []
    over = next((head for head in parsed.heads(at) if parsed.tokens[head].part in {"ADJ", "VERB"}), at)
    if parsed.tokens[over].part == "ADJ" and (found := parsed.under(over, "nsubj")):
        return found  # "found Bask responsible for taking"
    above = next((head for head in parsed.heads(at) if parsed.tokens[head].part == "VERB"), at)
    return _bidden(parsed, above) or parsed.under(above, "nsubjpass")[:1]


def _obliged(parsed: Tree, at: int) -> list[int]:
    """Return on whom it is to do something: "it is up to Tam to pay", "the duty is on the port to pay"."""
    head = parsed.tokens[at].head
    infinitive = any(parsed.word(aux) == "to" for aux in parsed.under(at, "aux"))
    if not infinitive or parsed.tokens[head].lemma != "be" or parsed.tokens[at].dependency != "advcl":
        return []
    up = [low for up in parsed.under(head, "prep") if parsed.word(up) == "up" for low in parsed.under(up, "prep")]
    on = [prep for prep in parsed.under(head, "prep") if parsed.word(prep) == "on" and _duty(parsed, head)]
    return [low for prep in (*up, *on) for low in parsed.under(prep, "pobj")]


def _duty(parsed: Tree, at: int) -> bool:
    return any(parsed.word(one) in _DUTIES for one in parsed.under(at, "nsubj"))


def _described(parsed: Tree, at: int) -> list[int]:
    """Return the noun that "who …" or "… built in 1901" describes; "the right to close" describes no doer."""
    infinitive = any(parsed.word(aux) == "to" for aux in parsed.under(at, "aux"))
    return [] if infinitive and parsed.tokens[at].dependency == "acl" else [parsed.tokens[at].head]


def _above(parsed: Tree, at: int) -> int:
    """Return the predicate above one that has no subject of its own, itself where there is none."""
    token = parsed.tokens[at]
    if token.dependency in _COMPLEMENTS:
        return token.head
    if token.dependency not in _SUBORDINATE:
        return at
    return next((head for head in parsed.heads(at) if parsed.tokens[head].part in {"VERB", "AUX"}), at)


def _antecedents(parsed: Tree, at: int, how: str) -> list[int]:
    """Return the noun to which "that the Americans proposed" belongs, where the clause lacks just this object."""
    if parsed.tokens[at].dependency != "relcl":
        return []
    told = [one for one in parsed.under(at, how, "pobj") if parsed.word(one) in RELATIVE]
    named = [one for one in parsed.under(at, "nsubj") if parsed.word(one) not in RELATIVE]
    lacks = not parsed.under(at, "dobj") and bool(named)
    through = any(
        parsed.word(low) in RELATIVE for prep in parsed.under(at, "prep") for low in parsed.under(prep, "pobj")
    )
    return [parsed.tokens[at].head] if told or (lacks and not through) else []


def _others(parsed: Tree, at: int) -> tuple[tuple[str, Party], ...]:
    """Return those who take part behind a preposition, with it."""
    found: list[tuple[str, Party]] = []
    for prep in parsed.under(at, "prep"):
        for low in parsed.under(prep, "pobj"):
            place = parsed.tokens[at].head if parsed.word(low) in RELATIVE else low
            found += [(parsed.word(prep), party) for party in parties(parsed, place)]
    return tuple(found)


def _own_words(parsed: Tree, at: int) -> set[str]:
    """Return the words of a clause that say something, those of clauses below it left out."""
    own: set[str] = set()
    waiting = list(parsed.children[at])
    while waiting:
        one = waiting.pop()
        if not predicates(parsed, one):
            waiting += parsed.children[one]
            word = parsed.word(one)
            if parsed.tokens[one].part in {"NOUN", "PROPN", "ADJ", "ADV", "NUM", "VERB"} and word not in FUNCTION_WORDS:
                own.add(word)
    return own
