"""Who, how old, of which town: from what prose sets beside a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.make.clauses import question
from newsqa.evals.make.people import FULL_NAME, TITLES, full_name, is_person, untitled
from newsqa.evals.make.values import Drafted
from newsqa.evals.make.verbs import BASE_OF_PAST, BASES
from newsqa.facts.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.make.clauses import Clause
    from newsqa.evals.make.values import Told

_PLACE = r"[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,2}"
_AGE = re.compile(rf"(?P<name>{FULL_NAME}),\s(?:aged\s)?(?P<age>\d\d),")
_AGE_BEFORE = re.compile(rf"\b(?P<age>\d\d)-year-old\s(?P<name>{FULL_NAME})\b(?!\s[A-Z\d])")
_AGE_AFTER = re.compile(rf"(?P<name>{FULL_NAME}),\sa\s(?P<age>\d\d)-year-old\b")
_AGE_TOLD = re.compile(rf"(?P<name>{FULL_NAME}|^[A-Z][\w’'-]+)(?:,\swho)?\sis\s(?P<age>\d\d)(?=\sand\b|,|\.$)")
_HOME = re.compile(
    rf"(?P<name>{FULL_NAME}),\s(?:\d\d,\s(?:of|from)|a\s\d\d-year-old(?:\s[a-z-]+){{1,4}}\s(?:of|from|in))\s(?P<place>{_PLACE})(?=,|\.$|\s(?:who|was|said)\b)"
)
_OFFICE = (
    r"(?:(?:vice\s|co-|deputy\s|executive\s|managing\s|general\s|"
    r"chief\s(?:executive|operating|financial|medical|scientific)?\s?)*"
    r"(?:president|chair(?:man|woman|person)?|CEO|chief executive(?: officer)?|director|head|mayor|founder|"
    r"co-founder|owner|editor|captain|commissioner|superintendent|governor|leader|principal|treasurer|"
    r"general secretary|keeper|harbour master|manager|curator|conductor|coach|chief|chancellor|dean|"
    r"librarian|conservator|engineer))"
)
_BODY = r"(?:the\s)?(?:\d{4}\s)?[A-Z][\w’'&.-]*(?:\s(?:(?:of|for|and|the|de|at)\s){0,2}[A-Z][\w’'&-]+){0,6}"
_AFTER_NAME = re.compile(rf"(?P<name>{FULL_NAME}),\s(?:the\s)?(?P<role>{_OFFICE}\s(?:of|at|for)\s{_BODY})(?=,|\.$)")
_OWNED = re.compile(rf"(?:^|\s)(?P<role>{_PLACE}['’]s\s(?:[a-z-]+\s)?{_OFFICE}),\s(?P<name>{FULL_NAME}),")
_BEFORE_NAME = re.compile(rf"\b[Tt]he\s(?P<role>(?:[a-z-]+\s)?{_OFFICE}\sof\s{_BODY}),\s(?P<name>{FULL_NAME}),")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_HEADS = re.compile(
    rf"(?P<name>{FULL_NAME}),\swho\s(?P<deed>(?:heads|leads|runs|owns|founded|chairs|manages|coaches|edits|led|wrote|designed|built)\s{_BODY})"
    r"(?=,|\.$)"
)
_BODIES = {
    "airlines": "airline", "airways": "airline", "university": "university", "bank": "bank", "museum": "museum",
    "hospital": "hospital", "college": "college", "airport": "airport", "foundation": "foundation", "union": "union",
    "zoo": "zoo", "newspaper": "newspaper",
}  # fmt: skip
_DEEDS = re.compile(
    r"(?:was|has been)\s(?:named|appointed|elected|re-elected|nominated|hired|inducted|crowned|awarded|chosen)|"
    r"won|scored|wrote|directed|founded|created|invented|defeated|beat|discovered|designed|hosted|painted|led|composed|"
    r"produced|replaced|succeeded|finished|broke|set|signed|bought|sold|founded|resigned|pleaded|launched|received"
)


def ages(told: Told) -> Iterator[Drafted]:
    """Ask “How old is Joren Maddock?” of “Joren Maddock, 61, said”."""
    for form in (_AGE, _AGE_BEFORE, _AGE_AFTER, _AGE_TOLD):
        for match in form.finditer(told.text):
            name = full_name(match["name"], told.story)
            verb = "was" if re.search(r"\b(?:died|killed|dead|death)\b", told.text) else "is"
            if name and not _has_other_ends(match, told) and (verb == "was" or _of_now(told)):
                yield Drafted(f"How old {verb} {name}?", (match["age"],), "number", "age", told)


def _has_other_ends(match: re.Match[str], told: Told) -> bool:
    """Whether the name begins a sentence with a word that is none, “Take Ann Lee, 65, …”, or goes on to the left."""
    before = told.text[: match.start("name")].split()
    if before and before[-1][0].isupper() and before[-1].isalpha() and fold(before[-1]) not in TITLES:
        return len(before) > 1 or fold(before[-1]) not in told.story.common
    first = fold(match["name"].split()[0])
    return match.start("name") == 0 and (first in told.story.common or first in BASES)


def _of_now(told: Told) -> bool:
    """Whether a sentence names no year but its article's own: what it tells of people may have been so long ago."""
    published = told.story.article.published
    return all(published is not None and year == str(published.year) for year in _YEAR.findall(told.text))


def homes(told: Told) -> Iterator[Drafted]:
    """Ask “Where is Andrea Malek from?” of “Andrea Malek, 25, of Zanesville, said”."""
    for match in _HOME.finditer(told.text):
        if is_person(match["name"], told.story) and _of_now(told):
            yield Drafted(f"Where is {match['name']} from?", (match["place"],), "place", "home", told)


def roles(told: Told) -> Iterator[Drafted]:
    """Ask “Who is the mayor of Ostby?” of “Piet Holloway, the mayor of Ostby, said”."""
    for form in (_AFTER_NAME, _OWNED, _BEFORE_NAME):
        for match in form.finditer(told.text):
            name = untitled(match["name"])
            if is_person(name, told.story) and _of_now(told) and not re.search(r"\b(?:former|ex)\b", told.text):
                article = "" if form is _OWNED else "the "
                yield Drafted(f"Who is {article}{match['role']}?", (name,), "person", "role", told)


def whos(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “Who won the race in Ostby?” of “Runa Selbach won the race in Ostby”."""
    name = untitled(clause.subject)
    deed = f"{clause.helper} {clause.verb}".strip()
    if clause.rest and _DEEDS.fullmatch(deed) and is_person(name, told.story):
        asked = question(f"Who {deed} {clause.with_opening(clause.rest)}")
        yield Drafted(asked, (name,), "person", "doer", told)


def heads(told: Told) -> Iterator[Drafted]:
    """Ask “Who leads the Ostby Choir?” of “Runa Selbach, who leads the Ostby Choir, said”."""
    for match in _HEADS.finditer(told.text):
        if is_person(match["name"], told.story) and _of_now(told):
            yield Drafted(f"Who {match['deed']}?", (match["name"],), "person", "head", told)


def whichs(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “Which airline opened a route to Ostby?” of “Tarn Airlines opened a route to Ostby”."""
    name = clause.subject.removeprefix("the ")
    body = _BODIES.get(fold(name.split()[-1]))
    deed = f"{clause.helper} {clause.verb}".strip()
    if body and clause.rest and not clause.helper and re.fullmatch(_BODY, name) and clause.verb in BASE_OF_PAST:
        asked = question(f"Which {body} {deed} {clause.with_opening(clause.rest)}")
        yield Drafted(asked, (name,), "organisation", "body", told)
