"""Understanding a question, with no model: what to look for, where, from when, and what kind of answer it wants."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.search.dates import span_of, without_dates
from newsqa.search.quotations import quotation_in
from newsqa.search.terms import bylines_in, names_of, outlets_in, terms_of
from newsqa.types import Query

if TYPE_CHECKING:
    from datetime import date

    from newsqa.store.records import Lexicon
    from newsqa.types import AnswerKind, Bounds, Order


# What a question asks for, from its question word and the noun that stands with it (as in Li and Roth, 2002).

NOUNS: dict[AnswerKind, str] = {
    "place": """
        country countries nation state city cities town village region province county island continent place
        location venue stadium neighbourhood neighborhood district capital street airport port river lake
        mountain area destination planet spot site territory borough suburb beach
    """,
    "person": """
        person man woman people president minister premier chancellor king queen prince princess pope actor
        actress singer rapper star musician player footballer athlete coach driver striker senator congressman
        congresswoman representative governor mayor politician candidate leader celebrity author writer novelist
        director comedian host journalist reporter anchor billionaire businessman businesswoman founder ceo
        chief judge justice lawyer officer general scientist astronaut artist designer swimmer runner
        boxer golfer winner suspect member official secretary nominee
        lawmaker manager contender referee professor teacher doctor victim figure
    """,
    "organisation": """
        company companies organisation organization team party agency university college school airline bank
        firm group newspaper network store chain brand automaker carmaker retailer league club studio union body
        court ministry department church institution manufacturer publisher broadcaster charity hospital museum
        restaurant outlet committee council band boyband militia airport operator federation
    """,
    "number": """
        number percentage percent proportion share score rank rate population age size temperature distance
        height weight speed length total
    """,
    "money": """
        price cost amount sum fee salary budget fine
    """,
    "date": """
        date day month year time weekday century decade
    """,
    "reason": """
        reason cause caused motive
    """,
    "duration": """
        duration
    """,
}
KIND_OF_NOUN: dict[str, AnswerKind] = {noun: kind for kind, nouns in NOUNS.items() for noun in nouns.split()}

ENDS_NOUNS = re.compile(
    r"""is|are|was|were|be|been|do|does|did|has|have|had|will|would|can|could|should|may|might|must|to|of|in|on|at|for|
    from|by|with|as|that|which|who|whom|the|a|an|its|his|her|their|this|these|those|after|before|during|about|into|
    than|and|or|not""",
    re.VERBOSE,
)
MONEY = re.compile(
    r"\b(cost|costs|pay|pays|paid|worth|price|spend|spent|fined?|rais(e|ed)|earn(ed)?|charged?|sell|sold|buy|bought|"
    r"fund(ed|ing)?|budget|tax|donat(e|ed)|owe[ds]?|fetch(ed)?|money|dollars?|euros?|pounds? sterling)\b"
)
SAYING = re.compile(r"\b(say|says|said|tell|told|claim(ed)?|argue[ds]?|think|respond(ed)?|describe[ds]?)\b")
OPENERS: tuple[tuple[str, AnswerKind], ...] = (
    (r"\bhow (long|many (more )?(years|months|weeks|days|hours|minutes|seconds))\b", "duration"),
    (r"\bhow (many|old|far|fast|tall|big|high|deep|large|hot|cold|wide|heavy)\b", "number"),
    (r"\b(why|how come|for what reason|what (caused|prompted|led to|is behind|was behind))\b", "reason"),
    (r"\b(when|what time|since when|how soon)\b", "date"),
    (r"\bwhere\b", "place"),
    (r"\b(who|whom|whose)\b", "person"),
)
YES_NO = re.compile(
    r"^(and |so |but )?(is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|must|may|might|"
    r"isn['’]t|aren['’]t|wasn['’]t|didn['’]t|doesn['’]t|hasn['’]t|won['’]t)\b"
)
WHICH = re.compile(r"\b(?:which|what|name(?: of)? the|identify the)\s+((?:[\w.’'&-]+\s*){1,6})")
WORD = re.compile(r"[\w.&-]+(?:['’]\w+)?")
LAST_SENTENCE = re.compile(r"[.!?…]['”\"]?\s+(?=\S)")
NOUN_PLACES = 5


def answer_kind(question: str) -> AnswerKind:
    """Return what the question asks for; "any" where its words do not tell.

    Of several sentences the last one asks.
    """
    asks = LAST_SENTENCE.split(question.strip())[-1].lower()
    if YES_NO.match(asks):
        return "any" if " or " in asks else "yes_no"
    if re.search(r"\bhow much\b", asks):
        return "money" if MONEY.search(asks) else "number"
    if re.search(r"\b(what|how)\b", asks) and _asks_for_words(asks):
        return "said"
    opened: AnswerKind | None = next((kind for pattern, kind in OPENERS if re.match(pattern, asks)), None)
    if opened or WHICH.search(asks):
        return opened or _kind_of_noun(asks) or "any"
    return next((kind for pattern, kind in OPENERS if re.search(pattern, asks)), "any")


def _asks_for_words(asks: str) -> bool:
    """Tell "what did he say" from "what company did he say would…": the saying comes soon and ends the matter."""
    opened = re.match(r"(?:and |so |but )?(?:what|how) (?:did|does|do|has|have|had|is|was)\b(.*)", asks)
    return bool(opened and SAYING.search(opened[1]))


def _kind_of_noun(asks: str) -> AnswerKind | None:
    """Find the noun that "which" or "what" stands with: the last known one before the phrase ends."""
    opened = WHICH.search(asks)
    if not opened:
        return None
    kind: AnswerKind | None = None
    for word in WORD.findall(opened[1])[:NOUN_PLACES]:
        if ENDS_NOUNS.fullmatch(word) or (kind and word.endswith("ed")):
            break
        kind = KIND_OF_NOUN.get(word.rstrip("s") if word not in KIND_OF_NOUN else word, kind)
    return kind or _kind_of_copula(asks)


def _kind_of_copula(asks: str) -> AnswerKind | None:
    """Read "what is the capital of", "what was the price"."""
    opened = re.match(
        r"(?:what|which)(?:['’]s| is| was| are| were) (?:the |its |his |her |their )((?:[\w-]+\s*){1,4})", asks
    )
    for word in WORD.findall(opened[1]) if opened else ():
        if ENDS_NOUNS.fullmatch(word):
            break
        if word in KIND_OF_NOUN:
            return KIND_OF_NOUN[word]
    return None


LONGEST = 2000
"""Characters of a question: longer than any that a person types, short enough to be read at once."""

LATEST = re.compile(
    r"\b(latest(?! (?:\w+ )?to\b)|most recent(?:ly)?|newest|now|currently|current|at the moment|so far|up to date)\b",
    re.IGNORECASE,
)
FIRST = re.compile(
    r"\b(at first|originally|initially|earliest|first (?:report\w*|announc\w+|said|mention\w*|appear\w*|emerg\w+|broke|"
    r"became known|came out|learn\w*|reveal\w*|detect\w*|confirm\w*))\b",
    re.IGNORECASE,
)


def usable(question: str) -> bool:
    """Tell whether this can be read as a question: a word or a number at least, and not endless."""
    return len(question) <= LONGEST and bool(re.search(r"[^\W_]", question))


def understand(question: str, asked: date, lexicon: Lexicon, bounds: Bounds) -> Query:
    """Read a question as asked on a day, of a library that knows these outlets and bylines.

    What is read weighs softly later; only `bounds`, set by hand, are hard. Where the question asks for the origin of
    words, these are what is looked for, and the times and outlets in them are theirs, not the question's.
    """
    if quotation := quotation_in(question):
        said = " ".join(quotation.parts)
        framed = _understood(quotation.frame, asked, lexicon, bounds)
        return replace(framed, text=question, terms=terms_of(said), names=names_of(said), quotation=quotation.parts)
    return _understood(question, asked, lexicon, bounds)


def _understood(question: str, asked: date, lexicon: Lexicon, bounds: Bounds) -> Query:
    span = span_of(question, asked)
    names, outlets = names_of(question), outlets_in(question, lexicon)
    return Query(
        text=question,
        asked=asked,
        bounds=bounds,
        terms=terms_of(without_dates(question, asked), names, outlets) or terms_of(question),
        names=names,
        outlets=outlets,
        bylines=bylines_in(question, lexicon),
        since=span.first if span else None,
        until=span.last if span else None,
        order=_order(question),
        kind=answer_kind(question),
    )


def _order(question: str) -> Order | None:
    if FIRST.search(question):
        return "first"
    return "latest" if LATEST.search(question) else None
