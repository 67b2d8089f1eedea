"""Names and speakers: whether the evidence has those of a sentence, in the forms in which news writes one name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.names import SHORT_FORMS, initials, is_same_people, names
from newsqa.text.words import stem, word_set
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.text.names import Name
    from newsqa.verify.values import SentenceEvidence, TextValues

_OFFICES = word_set(
    """
    president vice mayor minister prime chancellor judge justice director coach captain manager mr mrs ms miss sir dame
    dr doctor professor senator sen representative rep governor gov lieutenant lt sergeant general attorney secretary
    chief executive ceo king queen prince princess pope father sister detective officer deputy commissioner chairman
    chairwoman chair actor actress singer author republican republicans democrat democrats democratic congress senate
    house state supreme court federal county city north south east west northern southern eastern western internet covid
    earth sun bible christian christians catholic muslim
    """
)
"""Titles and words of common knowledge that prove no name and need no proof beside one."""

_COMMON_ENDING = re.compile(r"(?:ing|ed|ly|s|er|ers|tion|ment|ness|ity|ist|ists|ance|ence|al|ive|ous|ful|less|able)$")
_ACTS = re.compile(
    r"\s*(?:['’]s\s|,\s|(?:is|was|has|had|will|would|did|does|can|could|may|said|says|told|won|lost|also|and|denied|sent|opened)\b)"
)
_SAYS = (
    r"(?:said|says|told|tells|wrote|writes|put it|found|sees|thinks|den(?:ies|ied)|admit(?:s|ted)|testif(?:ies|ied)"
    r"|(?:add|warn|argue|claim|insist|note|explain|state|announce|declare|predict|describe|call|tweet|post|vow|urge|complain|believe"
    r"|expect|condemn|recall|stress|suggest|concede|remark|observe|comment|ask)(?:s|e?d))"
)
_SAYS_AFTER = re.compile(
    r"^['’]s (?:telling|words|view|account)\b"
    r"|^,?(?:\s*\([^)]{1,40}\))?(?:\s*,[^,.;“”\"]{2,90},|\s*\([^)]*\)|\s+(?:of|from|at|in)\s[^,.;“”\"]{2,50},?)?"
    rf"\s*(?:also |later |then |both |has |had )?{_SAYS}\b"
)
_SAYS_BEFORE = re.compile(rf"(?:\b[Aa]ccording to|[,”\"]\s*{_SAYS})\s+(?:[a-z][\w’'-]*\s+){{0,5}}$")


def check_names(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return the name that neither the quotes nor their articles have, or None."""
    common = evidence.around.common | evidence.quoted.common
    for name in names(sentence, common):
        missing = [word for word in name.words if not _is_known(word, name, sentence, evidence)]
        if missing and not _is_abbreviation(name, missing, evidence):
            return Fault("name_missing", (name.text,))
        if replaced := _replaces(name, evidence):
            return Fault("name_replaced", (name.text, replaced))
    return None


def _is_known(word: str, name: Name, sentence: str, evidence: SentenceEvidence) -> bool:
    if word in CALENDAR or word in _OFFICES or len(word) < 2:
        return True
    if any(_has_word(word, values) for values in (evidence.quoted, evidence.around)):
        return True
    return not sentence[: name.start].strip(" “\"'‘") and _is_common(word, name, sentence)


def _has_word(word: str, values: TextValues) -> bool:
    if word in values.words or SHORT_FORMS.get(word, word) in values.words or stem(word) in values.stems:
        return True
    return any(is_same_people(word, other) for other in values.words)


def _is_common(word: str, name: Name, sentence: str) -> bool:
    """Return True if the first word of a sentence may have its capital for its place alone."""
    if name.words[0] != word:
        return False
    return _COMMON_ENDING.search(word) is not None or len(name.words) > 1 or not _ACTS.match(sentence, name.end)


def _is_abbreviation(name: Name, missing: Sequence[str], evidence: SentenceEvidence) -> bool:
    """Return True if the missing words of a name are initials of names of the evidence, or it has its initials."""
    if len(name.words) > 1 and initials(name) in evidence.quoted.words | evidence.around.words:
        return True
    others = {initials(other) for values in (evidence.quoted, evidence.around) for other in values.names}
    known = {form for one in others if len(one) > 1 for form in (one, one[1:], one[:-1])}
    return all(word in known and word.upper() in name.text.replace(".", "") for word in missing)


def _replaces(name: Name, evidence: SentenceEvidence) -> str | None:
    """Return the name of the quotes whose place one of the article alone takes: Cobb County for Fulton County."""
    if len(name.words) < 2 or name.words[0] in evidence.quoted.words or name.words[-1] not in evidence.quoted.words:
        return None
    for other in evidence.quoted.names:
        if len(other.words) > 1 and other.words[-1] == name.words[-1] and not {*other.words[:-1]} & {*name.words[:-1]}:
            return other.text
    return None


# Speakers.


def check_speaker(sentence: str, evidence: SentenceEvidence) -> Fault | None:
    """Return the speaker whom the quotes do not name while they name another, or None."""
    quoted = evidence.quoted
    told = [name for text in quoted.texts for name in _speakers(text, quoted.common)]
    if not told:
        return None
    for name in _speakers(sentence, quoted.common | evidence.around.common):
        own = [word for word in name.words if word not in _OFFICES]
        named = sum(_has_word(word, quoted) for word in own)
        short = any(initials(name) in other.words or name.words[0] == initials(other) for other in told)
        if 2 * named < len(own) and not short:
            return Fault("speaker_replaced", (name.text, told[0].text))
    return None


def _speakers(text: str, common: frozenset[str]) -> list[Name]:
    """Return the names in a text whose words or claims it tells."""
    found = ((name, text[: name.start][-90:], text[name.end :][:160]) for name in names(text, common))
    return [name for name, before, after in found if _SAYS_AFTER.match(after) or _SAYS_BEFORE.search(before)]
