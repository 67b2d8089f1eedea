"""What a question says of sources: outlets and bylines that it names, and quoted words whose origin it asks for.

A question about where words come from is a quotation in a frame, and the frame says little more than that its origin
is asked for. A question that mentions a title or quotes a few words in passing says more, and is an ordinary one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from newsqa.text.words import fold, word_set, wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsqa.store.records import Lexicon

_NAME_WORD = re.compile(r"[\w.&’'-]*\w")
_DOMAIN = re.compile(
    r"^(?:https?://)?(?:www\.)?([\w.-]+?)(?:\.(?:com?|org|net|gov|edu|info|news))?(?:\.[a-z]{2})?/?$", re.IGNORECASE
)
_BYLINE_SEPARATOR = re.compile(r"\s*(?:,|;|&|\||/|\band\b|\bwith\b)\s*", re.IGNORECASE)
_CUE_BEFORE = re.compile(
    r"\b(according to|(?:reported|published|written|article|story|stories|reports?|reporting) (?:by|in|from)|"
    r"by|outlet|newspaper|journalist|reporter|columnist|correspondent)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_CUE_AFTER = re.compile(
    r"^(?:['’]s?)?\s+(?:(?:also|first|newspaper|magazine|article|column|piece|story)\s+)?"
    r"(say|says|said|report|reports|reported|reporting|write|writes|wrote|written|publish\w*|article\w*|"
    r"stor(?:y|ies)|column\w*|coverage|cover|covered|reveal\w*)\b",
    re.IGNORECASE,
)
_MAX_NAME_WORDS = 7


def outlets_in(question: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the outlets that the question names in full, as the library spells them.

    A name of one word ("Time", "The Week") counts only with its capital, and if the question says that it reports
    ("according to Time", "what did The Week write").
    """
    known = _outlet_keys(lexicon.outlets)
    return tuple(
        dict.fromkeys(
            known[key] for key, start, end in _name_runs(question) if _names_outlet(question, key, start, end, known)
        )
    )


_NAMED_AS_SOURCE = re.compile(
    r"\b(?:according to|(?:reported|published|written|article|story|stories|reports?|headlines?) (?:by|in|from|on))"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_ASKED_FOR_ITS_WORDS = re.compile(r"(?:\b(?:do|does|did|has|as|what|and|so)\s+|^\W*)(?:the\s+)?$", re.IGNORECASE)
_SAYS = re.compile(
    r"^\s+(?:also\s+)?(?:say|report|write|think|give|claim|describe|call|put|make|tell|have|argue|conclude)s?\b|"
    r"^\s+(?:said|reported|wrote|written|gave|thought|called|on)\b",
    re.IGNORECASE,
)
_ASKED_FOR_ITS_OWN = re.compile(r"(?:\b(?:do|does|did|is|are|was|were|in|by|to)\s+|^\W*)(?:the\s+)?$", re.IGNORECASE)
_ITS_OWN = re.compile(
    r"^(?:['’]s?|s)\s+(?:own|count|critic|reporter|version|account|figure|estimate|view|editorial|report|article|story|"
    r"coverage)\w*\b",
    re.IGNORECASE,
)
_ASKED_NEXT = re.compile(r"^\W*(?:and|but|what about|how about|what of)\s+(?:the\s+)?$", re.IGNORECASE)


def attributed_outlet(question: str, lexicon: Lexicon) -> str | None:
    """Return the one outlet whose words are asked for ("according to CNN", "what does the Ledger say"), or None.

    "the Ledger" is enough for “The Velmarra Ledger” if no other outlet ends so. What is asked of two outlets is
    attributed to neither.
    """
    mentioned = list(_mentions(question, lexicon.outlets))
    names = Counter(map(_key_of_outlet, lexicon.outlets))
    attributed = {outlet for outlet, start, end in mentioned if _is_attributed(question[:start], question[end:])}
    named = {outlet for outlet, start, _ in mentioned if question[start].isupper()} | attributed
    alone = attributed and len(named) == 1
    return next((outlet for outlet in attributed if names[_key_of_outlet(outlet)] == 1), None) if alone else None


def without_outlet(question: str, outlet: str, lexicon: Lexicon) -> str:
    """Return a question with the name of an outlet replaced by as many spaces: articles seldom name their own."""
    for mentioned, start, end in _mentions(question, lexicon.outlets):
        if mentioned == outlet:
            question = question[:start] + " " * (end - start) + question[end:]
    return question


def _mentions(question: str, outlets: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Yield the outlets that a question may name, in full or in short, with the span of each name."""
    full, short = _outlet_keys(outlets), _short_keys(outlets)
    taken: list[tuple[int, int]] = []
    for key, start, stop in _name_runs(question):
        end = stop if key in full or key in short else stop - 1
        key = key if end == stop else key.removesuffix("s")  # noqa: PLW2901  a possessive without its apostrophe
        outlet = full.get(key) or short.get(key)
        if outlet and not any(a <= start and end <= b for a, b in taken):
            written, article = question[start:end], question[:start].casefold().endswith("the ")
            abbreviation = sum(letter.isupper() for letter in outlet) > 1 and " " not in outlet
            known = key in full and (written[0].isupper() or abbreviation)
            if article or " " in written or known:
                taken.append((start, end))
                yield outlet, start, end


def _is_attributed(before: str, after: str) -> bool:
    """Return True if the words around the name of an outlet ask for what it says."""
    asks = _ASKED_FOR_ITS_WORDS.search(before) and _SAYS.match(after)
    own = _ASKED_FOR_ITS_OWN.search(before) and _ITS_OWN.match(after)
    next_asked = _ASKED_NEXT.search(before) and not after.strip(" ?!.")
    return bool(_NAMED_AS_SOURCE.search(before) or asks or own or next_asked)


def bylines_in(question: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the bylines whose authors the question names in full as such ("by Ann Lee", "what did Ann Lee write")."""
    known = _byline_keys(lexicon.bylines)
    found = [
        known[key]
        for key, start, end in _name_runs(question)
        if key in known and _is_said_to_report(question, start, end)
    ]
    return tuple(dict.fromkeys(byline for bylines in found for byline in bylines))


def _names_outlet(question: str, key: str, start: int, end: int, known: Mapping[str, str]) -> bool:
    if key not in known:
        return False
    written = question[start:end]
    if " " in written.strip():
        return True
    acronym = len(key) > 1 and sum(c.isupper() for c in written) > 1
    return acronym or "." in written or (written[0].isupper() and _is_said_to_report(question, start, end))


def _is_said_to_report(question: str, start: int, end: int) -> bool:
    """Return True if the words around a name say that it reports."""
    return bool(_CUE_BEFORE.search(question[:start]) or _CUE_AFTER.match(question[end:]))


def _name_runs(question: str) -> Iterator[tuple[str, int, int]]:
    """Yield every run of words with its key and span, the longest first at each place."""
    words = [match for match in _NAME_WORD.finditer(question) if match[0].casefold() != "the"]
    for first in range(len(words)):
        for last in range(min(first + _MAX_NAME_WORDS, len(words)) - 1, first - 1, -1):
            start, end = words[first].start(), _end_without_possessive(words[last])
            yield _key(question[start:end]), start, end


def _end_without_possessive(word: re.Match[str]) -> int:
    tail = re.search(r"['’]s?$", word[0])
    return word.end() - (len(tail[0]) if tail else 0)


def _key(name: str) -> str:
    words = [word for word in re.findall(r"\w+", name.casefold()) if word != "the"]
    return "".join(words)


@lru_cache(maxsize=8)
def _outlet_keys(outlets: tuple[str, ...]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for outlet in outlets:
        domain = _DOMAIN.match(outlet) if "." in outlet and " " not in outlet else None
        for name in (outlet, *((domain[1], domain[1].removeprefix("the")) if domain else ())):
            keys.setdefault(_key(name), outlet)
    keys.pop("", None)
    return keys


@lru_cache(maxsize=8)
def _short_keys(outlets: tuple[str, ...]) -> dict[str, str]:
    """Return the last words of outlets' names, and names without a number at their end, where only one is so called."""
    shortened: dict[str, set[str]] = {}
    for outlet in outlets:
        words = [word for word in re.findall(r"\w+", outlet) if word.casefold() != "the"]
        endings = [words[first:] for first in range(1, len(words))]
        for part in (*endings, words[:-1] if words[-1:] and words[-1].isdigit() else []):
            if len(name := _key(" ".join(part))) > 3 and not name.isdigit():
                shortened.setdefault(name, set()).add(outlet)
    return {name: min(called) for name, called in shortened.items() if len(called) == 1}


def _key_of_outlet(outlet: str) -> str:
    domain = _DOMAIN.match(outlet) if "." in outlet and " " not in outlet else None
    return _key(domain[1] if domain else outlet)


@lru_cache(maxsize=8)
def _byline_keys(bylines: tuple[str, ...]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for byline in bylines:
        for author in _BYLINE_SEPARATOR.split(re.sub(r"^by\s+", "", byline.strip(), flags=re.IGNORECASE)):
            if len(author.split()) > 1:
                keys.setdefault(_key(author), []).append(byline)
    return keys


# Questions about where words come from: “Which article, outlet and date does this quote come from: “…”?”

MIN_WORDS = 5
"""Words of a quotation; fewer are a title or scare quotes, unless the frame calls them a quote or asks for their
source."""

LONG = 8
MIN_CALLED_QUOTE = 2
MIN_UNFRAMED = 8
MIN_UNMARKED = 6  # words of a quotation without a frame, and of one without quotation marks before “Source?”
MAX_SPLITS = 8  # positions from its beginning, and from its end, at which a question without quotation marks is split
QUOTES = word_set("quote quotes quotation quotations sentence sentences words line phrase statement passage remark")
SOURCES = word_set(
    """
    article articles story piece outlet outlets newspaper newspapers paper publication publications publisher magazine
    website site agency broadcaster channel journal blog post column editorial interview edition issue source sources
    origin provenance text document
    """
)
ASKING = word_set(
    """
    which what who whose where when source sources origin provenance find identify name locate trace verify check
    attribute cite anyone anybody real genuine authentic any there have give provide need
    """
)
CARRYING = word_set(
    """
    write writes wrote written publish publishes published print prints printed report reports reported quoted quoting
    cite cited run ran carry carries carried appear appears appeared stand stands stood come comes came originate
    originates originated taken contain contains contained hold holds include includes included feature featured find
    found read reading attributed
    """
)
SAYING = word_set("say says said saying tell told state stated utter uttered spoke spoken")
FILLING = word_set(
    """
    a the an this that these those it its following below above and or in on by of from to as at with is was are were be
    been do does did has have had can could would will you i me we us give show let know please help need want looking
    for ever first originally actually exactly date dates day title headline link author speaker media news where he she
    they somebody someone there here right up back out original full exact verbatim word your our one any name names
    yesterday today last week month year so also hi hello remember saw seen heard across earlier once somewhere trying
    track archive collection library index database byline journalist reporter writer
    """
)
_KNOWN = QUOTES | SOURCES | ASKING | CARRYING | SAYING | FILLING
_CALLED = QUOTES | {"source", "origin"}
_OTHERWISE = word_set(
    "why how mean means meant react reacted reaction respond responded response refer refers view opinion else"
)

_MARKS = {
    **dict.fromkeys("“„”‟", "”“\""), '"': "\"”",
    "«": "»", "»": "«", "‹": "›", "›": "‹", "‘": "’'", "‚": "‘’", "'": "'’", "`": "'`",
}  # fmt: skip
"""What a quotation may open with, and what then closes it."""

_APOSTROPHES = frozenset("'`‘")
_OPENS = re.compile(r"(?<![\w’'])[“„”‟\"«»‹›‘‚'`]{1,2}(?=\.\.\.|[^\s?.,;:])")
_TITLE = re.compile(
    r"\b(?:(?:the|a|an|his|her|their|its)\s+(?:[\w-]+\s+)?(?:article|story|report|piece|book|novel|film|movie|song|album"
    r"|series|show|play|poem|headline|title)|titled|entitled|headlined|called|named|dubbed)\s*,?\s*$",
    re.IGNORECASE,
)
_LETTER = re.compile(r"\[(\w)\](?=\w)")
_GAP = re.compile(r"[\[(]\s*(?:\.\s?\.\s?\.|…)\s*[\])]|\.\s?\.\s?\.|…|\[[^\[\]]{0,80}\]|\(sic\)", re.IGNORECASE)
_SIC = re.compile(r"\s*[\[(]\s*sic!?\s*[\])]", re.IGNORECASE)
_FRAME_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONE_SOURCE = re.compile(r"(?<=\s)(?:Sources?|Origin)(?: please)?\s?\?+\s*$")
_ENDS = re.compile(r"[.!?…][”\"’'»]*\s+|\s[–—-]\s|\n")
_BEGINS = re.compile(r":\s+|\s[–—-]\s|\n")


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words whose origin is asked for, in parts that follow one another, and the question without them."""

    parts: tuple[str, ...]
    frame: str


def quotation_in(question: str) -> Quotation | None:
    """Return the words whose origin the question asks for, or None if it asks something else."""
    return next((Quotation(parts_of(quoted), frame) for quoted, frame in _readings(question) if parts_of(quoted)), None)


def parts_of(quoted: str) -> tuple[str, ...]:
    """Split a quotation where words were left out of it or inserted: at “…”, at “[...]”, at “[the mayor]”.

    “[T]he” is a changed letter, and “[sic]” is removed.
    """
    whole = _LETTER.sub(r"\1", _SIC.sub("", quoted))
    return tuple(part for piece in _GAP.split(whole) if wording(part := piece.strip()).words)


def _readings(question: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of quotation and frame that a question can be read as, the best first."""
    opened = _OPENS.search(question)
    marked = _marked(question, opened) if opened else None
    if marked and _asks_origin(marked):
        yield marked.inside, marked.frame
    for mark in islice(_BEGINS.finditer(question), MAX_SPLITS):
        after = _Framed(question[: mark.start()], question[mark.end() :])
        if after.before.strip() and _asks_origin(after):
            yield after.inside, after.frame
    ends = [*_ENDS.finditer(question.rstrip())][: -MAX_SPLITS - 1 : -1]
    for end in (*_LONE_SOURCE.finditer(question), *ends):
        said, frame = question[: end.start()], question[end.end() :]
        if _names_origin(frame or end[0]) and _word_count(said) >= MIN_UNMARKED:
            yield said, frame
    if opened and not marked and opened[0] not in _APOSTROPHES:  # a quotation mark is opened and never closed
        unclosed = _Framed(question[: opened.start()], question[opened.end() :])
        if _asks_origin(unclosed):
            yield unclosed.inside, unclosed.frame


@dataclass(frozen=True, slots=True)
class _Framed:
    """A question split at what it quotes."""

    before: str
    inside: str
    after: str = ""

    @property
    def frame(self) -> str:
        return f"{self.before} {self.after}"


def _marked(question: str, opened: re.Match[str]) -> _Framed | None:
    """Split a question at its outermost quotation marks."""
    closing = _MARKS[opened[0][0]]
    closed = [m for m in re.finditer(rf"[{closing}]{{1,2}}(?!\w)", question) if m.start() > opened.end()]
    if not closed:
        return None
    last = closed[-1]
    return _Framed(question[: opened.start()], question[opened.end() : last.start()], question[last.end() :])


def _asks_origin(framed: _Framed) -> bool:
    """Return True if the frame asks for the origin of the quotation, and for nothing else."""
    written = _FRAME_WORD.findall(framed.frame)
    words = {fold(word) for word in written}
    if not words:
        return _word_count(framed.inside) >= MIN_UNFRAMED and not framed.inside.rstrip().endswith("?")
    unknown = [word for n, word in enumerate(written) if fold(word) not in _KNOWN and (n == 0 or word[0].islower())]
    if len(unknown) > _max_unknown(words, len(written), framed) or words & _OTHERWISE or not _asks_for_source(words):
        return False
    if words & _CALLED:
        return _word_count(framed.inside) >= MIN_CALLED_QUOTE
    titled = _TITLE.search(framed.before) or _is_title_case(framed.inside)
    return not titled and _word_count(framed.inside) >= MIN_WORDS


def _max_unknown(words: set[str], frame: int, framed: _Framed) -> int:
    """Return how many unknown words a frame may have: few if it names a source, more around a long quotation."""
    if not words & (QUOTES | SOURCES):
        return 0
    return max(1, frame // 4) if _word_count(framed.inside) >= LONG else 1


def _asks_for_source(words: set[str]) -> bool:
    """Return True if a frame of these words asks for a source: by name, by who published it, or by when it was said.

    “Who said …?” asks for a person, who is named around a quotation.
    """
    named = words & (QUOTES | SOURCES)
    if (named and words & ASKING) or (named and "date" in words) or "attribute" in words:
        return True
    if words & {"who", "whose"} and words & CARRYING:
        return True
    if words & {"anyone", "anybody"} and words & (CARRYING | SAYING):
        return True
    pointed = words & SAYING or (words & CARRYING and words & {"this", "that", "these", "it", "i"})
    return bool(words & {"when", "where"} and (pointed or "from" in words))


def _names_origin(frame: str) -> bool:
    """Return True if a sentence after unmarked words asks for their source: “Source?”, “Which outlet wrote this?”."""
    words = {fold(word) for word in _FRAME_WORD.findall(frame)}
    pointed = words & (_CALLED | {"this", "that", "these", "those", "it", "above"})
    return bool(pointed and words & (QUOTES | SOURCES) and words & ASKING) and words <= _KNOWN


def _is_title_case(quoted: str) -> bool:
    """Return True for words that are capitalised as in titles: The Last of the Gulls."""
    long = [word for word in _FRAME_WORD.findall(quoted) if len(word) > 3]
    return len(long) > 1 and all(word[0].isupper() for word in long)


def _word_count(quoted: str) -> int:
    return len(wording(quoted).words)
