"""Which names of an article are people's: full names that the article itself shows to be."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.facts.names import names
from newsqa.facts.words import fold, word_set

if TYPE_CHECKING:
    from newsqa.evals.make.values import Story

TITLES = word_set(
    """
    president vice prime minister chancellor king queen prince princess pope senator sen rep congressman
    congresswoman gov governor mayor mr mrs ms dr prof professor sir dame lord lady judge justice chief
    secretary sheriff general gen col colonel captain capt sgt lt maj coach director chairman chairwoman
    spokesman spokeswoman spokesperson actor actress singer rapper former ex then sgt det officer attorney
    speaker ambassador commissioner councilman councilwoman rev reverend father sister brother uncle aunt deputy
    assistant acting republican democrat democratic
    """
)
_NOT_OF_PEOPLE = word_set(
    """
    operation university college school department county city street avenue road house senate court park airport bank
    group inc corp party team news times post center centre union states kingdom airlines airways air games
    league cup bowl association council committee commission agency ministry office police force service
    services company co ltd hospital church museum theatre theater festival awards award prize stadium arena
    river lake mountain mountains island islands valley bay beach sea ocean north south east west new san los
    las saint st united national international american british world global great royal central general high
    supreme white black first second republic federation institute foundation society club academy studio
    studios pictures records music network channel radio television tv show street journal herald gazette
    tribune daily weekly magazine day night week month january february march april june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday act bill law amendment
    war battle movement project program plan fund trust route highway turnpike hall tower bridge station square
    plaza hotel building library market store stores restaurant cafe bar grill congress parliament assembly
    board bureau administration authority district region province state town village area zone square jersey
    york england scotland wales ireland zealand africa america asia europe carolina dakota virginia mexico
    arabia korea sudan lanka rico verde the and of for in harbour harbor port dock canal lighthouse
    """
)
_NAME = r"[^\W\d_a-z][\w’'-]+"
_PARTICLE = r"(?:(?:van|von|de|del|da|bin|al|la|le|der|den|di)\s)*"
FULL_NAME = rf"{_NAME}(?:\s[A-Z]\.)?(?:\s{_PARTICLE}{_NAME}){{1,2}}"
"""A pattern for two or three words that may be a full name."""

_SHOWN = (
    r"(?:{name}),?\s(?:who\s)?(?:said|says|told|added|wrote|died|tweeted|recalled|explained|testified)\b",
    r"(?:said|says|told|added|wrote|told)\s(?:{name})\b",
    r"(?:{name}),\s(?:\d\d,|aged?\s\d\d|(?:a|an|the|who)\s|[a-z]+(?:\s[a-z]+)?\s(?:of|at|for)\s)",
    r"(?:Mr|Mrs|Ms|Dr|Rep|Sen|Gov|Sir|President|Mayor|Senator|Judge|Prof)\.?\s(?:{name})\b",
    r"\b(?:[a-z]+(?:er|or|man|woman|ist|ian)|wife|husband|son|daughter|chief|boss|mayor|president|coach|actress)\s(?:{name})\b",
    r"\b[\w-]+-year-old\s(?:{name})\b",
)


def is_person(name: str, story: Story) -> bool:
    """Whether the article shows a full name to be a person's: by an age, a title, a trade, or that they speak."""
    parts = [fold(part) for part in name.split()]
    if not 2 <= len(parts) <= 4 or any(part in _NOT_OF_PEOPLE or part in TITLES for part in parts):
        return False
    if not re.fullmatch(FULL_NAME, name):
        return False
    last = re.escape(name.rsplit(maxsplit=1)[-1])
    text = story.text
    either = re.escape(name) if re.search(rf"\b(?:in|at|from)\s{last}\b", text) else f"{re.escape(name)}|{last}"
    return any(re.search(form.format(name=either), text) for form in _SHOWN)


def full_name(name: str, story: Story) -> str | None:
    """Return the one full name of the article that a name is, or ends; None where there is none, or several."""
    if " " in name:
        return name if is_person(name, story) else None
    ended = {bare for bare in _full_names(story) if bare.split()[-1] == name}
    return ended.pop() if len(ended) == 1 else None


def untitled(name: str) -> str:
    """Return a name without the titles before it: “President Ann Lee” is Ann Lee."""
    parts = name.split()
    while len(parts) > 2 and fold(parts[0]) in TITLES:
        parts = parts[1:]
    return " ".join(parts)


@lru_cache(maxsize=4)
def _full_names(story: Story) -> frozenset[str]:
    found = {untitled(name.text.removesuffix("’s").removesuffix("'s")) for name in names(story.text, story.common)}
    return frozenset(name for name in found if is_person(name, story))
