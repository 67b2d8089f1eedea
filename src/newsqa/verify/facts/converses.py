"""Verbs that tell one thing from its two sides: what one sells another buys. Also those that are alike on both."""

from __future__ import annotations

from newsqa.text.words import word_set
from newsqa.verify.facts.synonyms import root

_LISTED = """
buy sell | purchase sell | lend borrow | beat lose | defeat lose | hire work | employ work | give receive | give get
send receive | teach learn | succeed precede | lead follow | chase flee | own belong | inherit bequeath | pay charge
award win | tell hear | let rent | import export | teach study | outscore trail | host visit | grant receive
"""
_PAIRS = frozenset(
    pair
    for line in _LISTED.strip().splitlines()
    for one, other in (entry.split() for entry in line.split("|"))
    for pair in ((root(one), root(other)), (root(other), root(one)))
)
MUTUAL = frozenset(
    map(
        root,
        word_set(
            "meet talk agree marry collide play merge join speak negotiate discuss fight compete share differ trade "
            "draw cooperate argue quarrel clash tie divorce"
        ),
    )
)
"""Verbs, by their roots, for what two do together: it is the same whichever of them is named first."""

WINNING = frozenset(map(root, word_set("beat beaten defeat win won victory triumph overcome overcame thrash")))
"""Words, by their roots, for what the one who wins does to the other, or in a contest."""

_LIGHT = frozenset(map(root, word_set("be have do make say include with and")))


def converse(one: str, other: str) -> bool:
    """Whether what one verb says of two, the other says of them the other way round."""
    return (root(one), root(other)) in _PAIRS


def one_way(verb: str) -> bool:
    """Whether a verb tells who does it to whom: it is not done together, and says enough."""
    return root(verb) not in MUTUAL | _LIGHT
