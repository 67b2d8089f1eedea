"""Reads a question by rules, with no model: what to search for, where, from when, and what kind of answer it wants."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.search import dates
from newsqa.search.sources import attributed_outlet, bylines_in, outlets_in, quotation_in, without_outlet
from newsqa.text.calendar import MONTH_NAMES, WEEKDAYS
from newsqa.text.words import word_set
from newsqa.types import AnswerKind, Bounds, Order, Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from newsqa.store.records import Lexicon

MAX_CHARACTERS = 2000  # characters of a question: more than any person types, few enough to be read at once

_LATEST = re.compile(
    r"\b(latest(?! (?:\w+ )?to\b)|most recent(?:ly)?|newest|now|currently|current|at the moment|so far|up to date)\b"
    r"|^\W*(?:is|are|has|have|did)\b.*\b(?:still|yet|over|back|already|anymore|any more|again)\b",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\b(at first|originally|initially|earliest|first (?:report\w*|announc\w+|said|mention\w*|appear\w*|emerg\w+|broke|"
    r"became known|came out|learn\w*|reveal\w*|detect\w*|confirm\w*))\b",
    re.IGNORECASE,
)


def is_usable(question: str) -> bool:
    """Return True for what can be read as a question: it has a word or a number, and at most MAX_CHARACTERS."""
    return len(question) <= MAX_CHARACTERS and bool(re.search(r"[^\W_]", question))


def understand(question: str, asked: date, lexicon: Lexicon, bounds: Bounds) -> Query:
    """Read a question that was asked on a day, of a library with these outlets and bylines.

    What is read only influences the ranking, except for an outlet that the answer is attributed to, and a time that is
    named in days; `bounds` are hard. If the question asks for the origin of quoted words,
    the query searches for these, and times and outlets are read from the rest of the question.
    """
    if len(question) > dates.MAX_READ:
        return Query(question, asked, bounds)
    if quotation := quotation_in(question):
        said = " ".join(quotation.parts)
        framed = _read(quotation.frame, asked, lexicon, bounds)
        return replace(
            framed,
            text=question,
            bounds=bounds,
            terms=terms_of(said),
            names=names_of(said),
            timing="soft",
            quotation=quotation.parts,
        )
    return _read(question, asked, lexicon, bounds)


def _read(question: str, asked: date, lexicon: Lexicon, bounds: Bounds) -> Query:
    span = dates.span_of(question, asked)
    said_by = None if bounds.outlet else attributed_outlet(question, lexicon)
    named = (*outlets_in(question, lexicon), said_by)
    asks = without_outlet(question, said_by, lexicon) if said_by else question
    names, outlets = names_of(asks), tuple(dict.fromkeys(outlet for outlet in named if outlet))
    terms = terms_of(dates.without_dates(asks, asked), names, outlets)
    if not any(map(is_content, terms)):
        terms = terms_of(dates.without_dates(question, asked), names, outlets) or terms_of(question)
    return Query(
        text=question,
        asked=asked,
        bounds=replace(bounds, outlet=said_by) if said_by else bounds,
        terms=terms,
        names=names,
        outlets=outlets,
        bylines=bylines_in(question, lexicon),
        since=span.first if span else None,
        until=span.last if span else None,
        order=_order(question),
        kind=answer_kind(question),
        timing=dates.timing_of(question, asked),
    )


def _order(question: str) -> Order | None:
    if _FIRST.search(question):
        return "first"
    return "latest" if _LATEST.search(question) else None


# What a question asks for, from its question word and the noun that follows it (as in Li and Roth, 2002).

_NOUNS: dict[AnswerKind, str] = {
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
_KIND_OF_NOUN: dict[str, AnswerKind] = {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns.split()}

_ENDS_NOUNS = re.compile(
    r"""is|are|was|were|be|been|do|does|did|has|have|had|will|would|can|could|should|may|might|must|to|of|in|on|at|for|
    from|by|with|as|that|which|who|whom|the|a|an|its|his|her|their|this|these|those|after|before|during|about|into|
    than|and|or|not""",
    re.VERBOSE,
)
_MONEY = re.compile(
    r"\b(cost|costs|pay|pays|paid|worth|price|spend|spent|fined?|rais(e|ed)|earn(ed)?|charged?|sell|sold|buy|bought|"
    r"fund(ed|ing)?|budget|tax|donat(e|ed)|owe[ds]?|fetch(ed)?|money|dollars?|euros?|pounds? sterling)\b"
)
_SAYING = re.compile(r"\b(say|says|said|tell|told|claim(ed)?|argue[ds]?|think|respond(ed)?|describe[ds]?)\b")
_OPENERS: tuple[tuple[str, AnswerKind], ...] = (
    (r"\bhow (long|many (more )?(years|months|weeks|days|hours|minutes|seconds))\b", "duration"),
    (r"\bhow (many|old|far|fast|tall|big|high|deep|large|hot|cold|wide|heavy)\b", "number"),
    (r"\b(why|how come|for what reason|what (caused|prompted|led to|is behind|was behind))\b", "reason"),
    (r"\b(when|what time|since when|how soon)\b", "date"),
    (r"\bwhere\b", "place"),
    (r"\b(who|whom|whose)\b", "person"),
)
_YES_NO = re.compile(
    r"^(and |so |but )?(is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|must|may|might|"
    r"isn['’]t|aren['’]t|wasn['’]t|didn['’]t|doesn['’]t|hasn['’]t|won['’]t)\b"
)
_DEFINITION = re.compile(
    r"(?:who|what)(?:['’]?s|\s+(?:is|are|was|were))\s+(?:(?:the|an?)\s+)?(?P<what>[\w.'’-]+(?:\s+[\w.'’-]+){0,3})\W*$"
    r"|what\s+(?:does|do|did)\s+(?P<meant>.{1,40}?)\s+(?:mean|stand for)\W*$"
)
_WHICH = re.compile(r"\b(?:which|what|name(?: of)? the|identify the)\s+((?:[\w.’'&-]+\s*){1,6})")
_NOUN_WORD = re.compile(r"[\w.&-]+(?:['’]\w+)?")
_LAST_SENTENCE = re.compile(r"[.!?…]['”\"]?\s+(?=\S)")
_NOUN_PLACES = 5


def answer_kind(question: str) -> AnswerKind:
    """Return what the last sentence of a question asks for; "any" if its words do not say."""
    asks = _LAST_SENTENCE.split(question.strip())[-1].lower()
    if _asks_for_definition(asks):
        return "definition"
    if _YES_NO.match(asks):
        return "any" if " or " in asks else "yes_no"
    if re.search(r"\bhow much\b", asks):
        return "money" if _MONEY.search(asks) else "number"
    if re.search(r"\b(what|how)\b", asks) and _asks_for_words(asks):
        return "said"
    opened: AnswerKind | None = next((kind for pattern, kind in _OPENERS if re.match(pattern, asks)), None)
    if opened or _WHICH.search(asks):
        return opened or _kind_of_noun(asks) or "any"
    return next((kind for pattern, kind in _OPENERS if re.search(pattern, asks)), "any")


def _asks_for_definition(asks: str) -> bool:
    """Return True for "who is Ilva Tam" and "what does HTS mean", but not for "who is the premier"."""
    found = _DEFINITION.match(asks)
    said = _NOUN_WORD.findall(found["what"] or found["meant"]) if found else []
    other = _STOP_WORDS | _KIND_OF_NOUN.keys()
    return bool(said) and not any(word in other or word.endswith(("ing", "ed")) for word in said)


def _asks_for_words(asks: str) -> bool:
    """Return True for "what did he say", but not for "what company did he say would…"."""
    opened = re.match(r"(?:and |so |but )?(?:what|how) (?:did|does|do|has|have|had|is|was)\b(.*)", asks)
    return bool(opened and _SAYING.search(opened[1]))


def _kind_of_noun(asks: str) -> AnswerKind | None:
    """Return the kind of the noun that follows "which" or "what": the last known one before the phrase ends."""
    opened = _WHICH.search(asks)
    if not opened:
        return None
    kind: AnswerKind | None = None
    for word in _NOUN_WORD.findall(opened[1])[:_NOUN_PLACES]:
        if _ENDS_NOUNS.fullmatch(word) or (kind and word.endswith("ed")):
            break
        kind = _KIND_OF_NOUN.get(word.rstrip("s") if word not in _KIND_OF_NOUN else word, kind)
    return kind or _kind_of_copula(asks)


def _kind_of_copula(asks: str) -> AnswerKind | None:
    """Return the kind of the noun in "what is the capital of", "what was the price"."""
    opened = re.match(
        r"(?:what|which)(?:['’]s| is| was| are| were) (?:the |its |his |her |their )((?:[\w-]+\s*){1,4})", asks
    )
    for word in _NOUN_WORD.findall(opened[1]) if opened else ():
        if _ENDS_NOUNS.fullmatch(word):
            break
        if word in _KIND_OF_NOUN:
            return _KIND_OF_NOUN[word]
    return None


# The words to search for, and the names among them.

_STOP_WORDS = word_set(
    """
    a about above according after again against ago all also although am an and another any anyone anything are
    aren't around article articles as ask at be became because become been before being below between both but
    by called came can can't come could couldn't did didn't do does doesn't doing don't done during each either
    else ever every exactly few first following for former found from further get give given go got had has
    hasn't have haven't having he he's hello her here hers herself hi him himself his how i i'm if in into is
    isn't it it's its itself just know last lately latest let like made make many may me might more most mr mrs
    ms much must my name named near new news next no nor not now of off on once one only or other our out over
    own part please recent recently referred regarding related report reported reporting reports said same say
    saying says see several she should since so some someone something still such take tell than that that's the
    their them then there these they thing things think this those through to today together tonight too took
    under until up upon us use used very via want was wasn't way we week well went were weren't what what's when
    where where's whether which while who who's whom whose why will with within without won't would year years
    yesterday yet you your
    """
)
_QUOTED = re.compile(r"[“\"]([^“”\"]{2,80})[”\"]|(?<![\w’'])[‘']([^‘’']{2,80})[’'](?!\w)")
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[$€£]?\d[\d.,:]*\d%?|\w+(?:[-&’'.]\w+)*")
_POSSESSIVE = re.compile(r"['’](?:s|re|ve|ll|d)?$", re.IGNORECASE)
_JOINERS = word_set(
    """
    al bin da de del della den der di du el for ibn la le of the van von y
    """
)
_CALENDAR = frozenset({*MONTH_NAMES, *WEEKDAYS})
_SENTENCE_END = re.compile(r"(?:^|[.!?…:]\s+|[“\"]\s*)$")
_SHOUTED = 0.7
MAX_TERMS = 40


def terms_of(text: str, names: Iterable[str] = (), outlets: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the words to search for, each once: quoted phrases, words of names and numbers first, then the others.

    The names of outlets are left out, since few articles mention who printed them. Common words are returned only if
    the question has no others.
    """
    words = [_POSSESSIVE.sub("", word) for word in _WORD.findall(text)]
    named = {word.casefold() for name in names for word in _WORD.findall(name)}
    outlet_words = {word.casefold() for outlet in outlets for word in _WORD.findall(outlet)}
    content = [word for word in words if is_content(word)]
    specific = [word for word in content if word.casefold() in named or any(c.isdigit() for c in word)]
    found = [word for word in (*_quoted_phrases(text), *specific, *content) if word.casefold() not in outlet_words]
    return tuple(_unique(found or content or words))[:MAX_TERMS]


def is_content(word: str) -> bool:
    """Return True for a word worth searching for."""
    if word == "US":
        return True  # the country, not the pronoun
    return word.casefold() not in _STOP_WORDS and (len(word) > 1 or word.isdigit())


def names_of(text: str) -> tuple[str, ...]:
    """Return the names in a question as written: runs of capitalised words, and abbreviations.

    A capitalised word that only begins a sentence is no name, nor is a month or a weekday. A question that is all in
    capitals has no names.
    """
    words = list(_WORD.finditer(text))
    letters = [word[0] for word in words if word[0][0].isalpha()]
    capitals = [word for word in letters if word[0].isupper()]
    if len(letters) > 3 and len(capitals) > _SHOUTED * len(letters):
        return ()
    return tuple(_unique(_runs(text, words)))


def _runs(text: str, words: list[re.Match[str]]) -> Iterator[str]:
    run: list[re.Match[str]] = []
    for word in words:
        broken = bool(run) and text[run[-1].end() : word.start()] not in {" ", "  ", " & "}
        if run and (broken or not _continues(word[0])):
            yield from _trimmed_name(text, run)
            run = []
        if _is_capitalised(word[0]) or (run and word[0].casefold() in _JOINERS):
            run.append(word)
        if run and _POSSESSIVE.search(word[0]):
            yield from _trimmed_name(text, run)
            run = []
    yield from _trimmed_name(text, run)


def _continues(word: str) -> bool:
    return _is_capitalised(word) or word in _JOINERS or (word.isdigit() and len(word) <= 4)


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() or (len(word) > 2 and word[1].isupper())


def _trimmed_name(text: str, run: list[re.Match[str]]) -> Iterator[str]:
    """Yield a run without a joiner at its end, and a question word or a lone capital at the start of a sentence."""
    while run and (run[-1][0] in _JOINERS or not run[-1][0][0].isalnum()):
        run = run[:-1]
    if run and _SENTENCE_END.search(text[: run[0].start()]):
        first = run[0][0]
        lone = len(run) == 1 and not (first.isupper() and len(first) > 1) and not _POSSESSIVE.search(first)
        if lone or first.casefold() in _STOP_WORDS or first.casefold() in _JOINERS:
            run = run[1:]
    while run and run[0][0].casefold() in _STOP_WORDS | _JOINERS and not run[0][0].isupper():
        run = run[1:]
    if run and not all(word[0].casefold() in _CALENDAR | _STOP_WORDS for word in run):
        yield _POSSESSIVE.sub("", text[run[0].start() : run[-1].end()])


def _quoted_phrases(text: str) -> list[str]:
    return [(match[1] or match[2]).strip(" ,.?!") for match in _QUOTED.finditer(text)]


def _unique(words: Iterable[str]) -> list[str]:
    """Return the words without those that differ from an earlier one in case only."""
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.casefold(), word)
    return list(first.values())
