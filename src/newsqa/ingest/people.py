"""Finds the names of people in bylines: "Von Anna Holm und Nils Berg, Tarnstadt" holds Anna Holm and Nils Berg."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MAX_NAMES = 12
_MAX_BYLINE = 300

LEAD = re.compile(
    r"\s*(?:(?:an?|ein|eine|un|une)\s+)?"
    r"(?:(?:written|posted|published|reported|submitted|words|text|story|article|report|analysis|opinion|review|"
    r"comment(?:ary)?|guest post|interview|kommentar|gastbeitrag|gastkommentar|beitrag|artikel|bericht|analyse|"
    r"kolumne|rezension|essay|reportage|glosse|protokoll|aufgezeichnet|verfasst|geschrieben|veröffentlicht|gepostet|"
    r"eingestellt|publié|écrit|propos recueillis|publicado|escrito)\s*:?\s+)?"
    r"(?:by|von|par|por|door|av|af|di|da)\b\s*:?\s+"
    r"(?:(?:unser(?:em|er)|our|notre|nuestr[oa])\s+[\w-]+\s+(?=[^\W\d_]))?"
    r"|\s*(?:authors?|autor(?:in|en|innen)?|auteurs?|autores?|autrice|autore|verfasser(?:in)?|reporter|writer|text|"
    r"redakteur(?:in)?|written|interview|protokoll)\s*:\s*",
    re.IGNORECASE,
)
"""What stands before the names in a byline."""

_HARD = re.compile(r"\s*(?:[;|•·/]|\s&\s|(?<!\w)(?:and|und|with|mit|avec)(?!\w)|\s[–—-]\s)\s*", re.IGNORECASE)
_SOFT = re.compile(r"\s+(?:et|y|e|og|och|en)\s+")
_URL = re.compile(r"\w+://|\bwww\.|\S+@\S+\.\S+|\.(?:com|net|org|de|co|fr|es|ch|at|eu|info)\b", re.IGNORECASE)
_HANDLE = re.compile(r"@\w+|\w*[_\d]\w*|(?!Mc|Mac|De|Di|Du|La|Le|Van|O)[A-Z][a-z]+[A-Z]\w*|[A-Z][a-z]*[A-Z]{2,}\w*")
_PARTICLES = frozenset({
    "von", "van", "vom", "zu", "zum", "zur", "der", "den", "de", "di", "da", "del", "della", "dos", "das", "do", "du",
    "des", "d'", "la", "le", "el", "al", "bin", "ibn", "ben", "ter", "ten", "te", "af", "av", "y", "e", "i",
})  # fmt: skip
_NEVER_FIRST = frozenset({
    "the", "this", "that", "der", "die", "das", "den", "dem", "des", "du", "de", "les", "los", "las", "il", "lo", "y",
    "e", "i", "my", "our", "your", "mein", "unser",
})  # fmt: skip
_AFTER_NAME = re.compile(
    r"senior|junior|chief|staff|associate|assistant|contributing|correspondents?|reporters?|editors?|writers?|"
    r"columnists?|envoyée?s?|redakteur(?:in)?|korrespondent(?:in)?|autor(?:in)?|reporterin|redacción|corresponsal|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|"
    r"september|october|november|december|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|published|"
    r"updated|posted|stand|uhr|follow|email|e-mail|special|special to|for|the|photo|foto|fotos",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:admin(?:istrator)?|webmaster|redaktion\w*|redaction|redacción|rédaction|redazione|redactie|editors?|"
    r"editorial|staff|team|news(?:room|desk|wire|paper)?s?|desk|press|presse(?:agentur|stelle|mitteilung|dienst)?|"
    r"agenc\w+|agentur\w*|online|onlineredaktion|dpa|reuters|bloomberg|associated|guests?|gast(?:autor(?:in)?)?|"
    r"contributors?|correspondents?|korrespondent(?:in)?|reporters?|unknown|unbekannt|anonymous|anonym|user|community|"
    r"gmbh|ltd|llc|corp|verlag|zeitung|magazine?|blogs?|blogger|weblog|university|universität|institute?|foundation|"
    r"stiftung|verein|verband|bundes\w+|ministerium|ministry|department|office|times|post|herald|tribune|gazette|"
    r"journal|chronicle|courier|telegraph|observer|daily|weekly|media|medien|network|wire|radio|tv|television|"
    r"facebook|twitter|instagram|google|youtube|home|contact|kontakt|impressum|archive?s?|share|follow|profile?|"
    r"website|homepage|comments?|kommentare?|read|more|mehr|view|all|posts?|articles?|artikel|updated|published|"
    r"veröffentlicht|aktualisiert|stand|uhr|none|null|n/?a|nan|undefined|copyright|foto|photo|bild|source|quelle|"
    r"about|author|autor|lesezeit|minutes?|minuten|"
    r"(?-i:AFP|AP|APA|SDA|ATS|OTS|EPD|KNA|SID|EFE|ANSA|UPI|PA|AG|KG|e\.?V|Inc|PM|AM|CNN|BBC|NPR))\b"
    r"|^(?:afp|ap|apa|sda|ats|ots|epd|kna|sid|efe|ansa|upi|pa)\Z",
    re.IGNORECASE,
)
_NO_NAME_ALONE = re.compile(
    rf"{_NOBODY.pattern}|\b(?:berlin|london|paris|new york|washington|wien|zürich|hamburg|münchen)\b", re.IGNORECASE
)


def find_people(value: str, *, outlets: Collection[str] = (), single: bool = False) -> list[str]:
    """Return the names of people in a byline, each once, in order.

    `outlets` are names that are no person's, as those of the site. With `single`, one word alone may be a name ("Klio",
    as the authors of blogs have), if it is no handle. No name: publishers, desks, handles, addresses.
    """
    value = " ".join(value.split())
    if not value or len(value) > _MAX_BYLINE or _URL.fullmatch(value):
        return []
    value = without_lead(value)
    known = {fold_name(outlet) for outlet in outlets if outlet}
    parts = _parts(value)
    found = [_person(part, single=single) for part in parts if len(parts) == 1 or not part.islower()]
    names = [name for name in found if name and fold_name(name) not in known]
    if any(" " in name for name in names):  # one word beside whole names is a place or a role
        names = [name for name in names if " " in name]
    return _whole(names)[:MAX_NAMES]


def without_lead(value: str) -> str:
    """Return a byline without what comes before its names."""
    lead = LEAD.match(value)
    return value[lead.end() :] if lead else value


def fold_name(name: str) -> str:
    """Return a name in small letters without marks and a leading article, as names of outlets are compared."""
    folded = re.sub(r"[\W_]+", "", name.casefold())
    return folded.removeprefix("the").removeprefix("www") or folded


def _parts(value: str) -> list[str]:
    parts: list[str] = []
    for hard in _HARD.split(value):
        commas = [part.strip() for part in hard.split(",") if part.strip()]
        if len(commas) == 2 and all(" " not in part for part in commas) and all(_is_name(part) for part in commas):
            parts.append(f"{commas[1]} {commas[0]}")  # "Holm, Ada"
            continue
        for part in commas:
            soft = _SOFT.split(part)
            parts += soft if all(" " in one.strip() for one in soft) else [part]
    return parts


def _is_name(word: str) -> bool:
    return (
        word[:1].isupper()
        and word.replace("-", "").replace("’", "").replace("'", "").isalpha()
        and word != word.upper()
    )


def _person(part: str, *, single: bool) -> str | None:
    """Return the name that a part of a byline begins with, or None if it is nobody's."""
    part = re.sub(r"\s*(?:[(\[{<]|@\w).*", "", part).strip(' .:*·•|–—-\u00a0"“”„«»')
    if not part or _URL.search(part) or "@" in part:
        return None
    words = part.split()
    if all(word.islower() for word in words):
        return part if 2 <= len(words) <= 3 and all(word.isalpha() for word in words) else None
    taken: list[str] = []
    for word in words:
        plain = word.strip("’'“”\".")
        if not plain or any(sign.isdigit() for sign in plain) or (len(taken) > 1 and _AFTER_NAME.fullmatch(plain)):
            break
        is_name = plain[0].isalpha() and not plain[0].islower()
        if not is_name and word.lower() not in _PARTICLES and plain[:2] not in {"d’", "d'", "l’", "l'"}:
            break
        taken.append(word)
    while taken and taken[-1].lower() in _PARTICLES:
        taken.pop()
    capitals = sum(word.lower() not in _PARTICLES for word in taken)
    if not taken or len(taken) > 6 or capitals > 5 or taken[0].lower() in _NEVER_FIRST:
        return None
    if _NOBODY.search(" ".join(taken)):
        return None
    rest = words[len(taken) :]
    if capitals == 1:
        word = taken[0]
        alone = (
            single and not rest and len(word) > 2 and not _HANDLE.fullmatch(word) and not _NO_NAME_ALONE.search(word)
        )
        return word if alone or _is_unspaced(word) else None
    return " ".join(taken).strip(" .,") if len(rest) <= 12 else None


def _is_unspaced(word: str) -> bool:
    return 2 <= len(word) <= 6 and all("\u3040" <= sign <= "\ud7a3" for sign in word)


def _whole(names: Iterable[str]) -> list[str]:
    """Return names without repetitions, and without those that are part of another one or several others joined."""
    once = list({name.casefold(): name for name in reversed(list(names))}.values())[::-1]
    kept = []
    for name in once:
        others = [other for other in once if other != name]
        inside = any(f" {name.casefold()} " in f" {other.casefold()} " for other in others)
        joined = [other for other in others if f" {other.casefold()} " in f" {name.casefold()} "]
        if not (inside and not joined and len(name) < 6) and len(joined) < 2:
            kept.append(name)
    return kept
