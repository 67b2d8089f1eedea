"""Cuts texts into sentences, and sentences into passages: long enough to be understood, short enough to be ranked.

`compose_text` puts the sentences of an answer together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR, SHORT_MONTHS, format_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.types import AnswerForm, Citation, Sentence


# Words whose full stop may not end a sentence, in English-language news; their case counts.


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# before a name: never the end of a sentence
TITLES = _words(
    "Mr Mrs Ms Mx Dr Prof Sen Sens Rep Reps Gov Govs Gen Lt Col Capt Sgt Cpl Pvt Maj Adm Cmdr Brig Rev Revd Fr Hon "
    "Pres Supt Msgr Amb Atty Det Insp Ald Cllr Sec Asst Messrs Mme Mlle Dra Sra Herr Mgr Cpt Spc Ens "
    "eg ie cf vs v viz approx ca e.g i.e incl"
)

# before a number: the end of a sentence only if no number follows
NUMBERED = _words("No Nos no nos p pp Vol vol Ch ch Fig fig Figs Art art Sect sec para Ref Ex Op Nr c") | {
    name.capitalize() for name in SHORT_MONTHS
}

# inside a sentence or at its end: the end only if the next word opens sentences
OPEN = _words(
    "St Ste Mt Ft Jr Sr Inc Corp Co Cos Ltd Bros Esq Ave Blvd Rd Dept Univ Assn Assoc Natl Intl Bldg Hwy "
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn "
    "Tenn Tex Va Vt Wash Wis Wyo Ont Que Alta Sask "
    "Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun est al dept min max mins hrs yrs lbs PhD Ph.D"
)

# words that open a sentence far more often than they follow an abbreviation inside one
OPENERS = _words(
    "The A An It He She They We I You This That These Those There In On At But And As If When While After Before "
    "However For His Her Their Its Our My Your Some Many Most More Few Not Now So Still Since Then Meanwhile Other "
    "Others All Both Each Every With Without Within By From To Of What Who Where Why How Which Is Are Was Were Do Does "
    "Did Has Have Had Can Could Will Would Should May Might Here Yet Although Though Despite According Also Another "
    "Last Later Earlier During Under Over Until Nor Or One Two Three Because Instead Once Today Yesterday Only "
    "Even Just Such Thus Therefore Moreover Nearly About Among Between Across Against Officials Police "
    "Analysts Critics Nobody Everyone Nothing Let Let's Unlike Whether It's He's She's They're We're I'm "
    "That's There's"
)

# follow "6 p.m." inside a sentence
AFTER_HOUR = _words(
    "ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET CEST IST JST AEST Eastern Central Mountain Pacific"
) | {name.capitalize() for name in CALENDAR}

# a letter after one of these names a thing: "Plan B." may end a sentence, "J. D." may not
LETTERED = _words(
    "Plan plan Vitamin vitamin Group group Hepatitis hepatitis Class class Type type Appendix Section section "
    "Part part Grade grade Team team Series Schedule Gate gate Hall Zone zone Block block Site site Unit unit "
    "Route Line line and or than as with Generation Gen grade influenza Exhibit Terminal terminal"
)

# say who spoke: “Why?” Maria Stern asked.
SAYING = "said|says|asked|asks|told|added|adds|wrote|writes|posted|replied|cried|shouted|tweeted|wondered|exclaimed"

Span = tuple[int, int]

MAX_SENTENCE_WORDS = 120
CACHED_CHARACTERS = 100_000  # the spans of longer texts are not cached, to bound memory
MAX_CHARACTERS = 1_500  # an endless run without a space is cut too, or a page of base64 would be one quote

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_STOP = re.compile(r"(?P<stop>[.!?…]+)(?P<close>[)\]}”’»\"'“*_]*)|(?P<wide>[。！？｡]+)[」』”’）]*")
_BEFORE = re.compile(r"[^\s(\[{“”\"‘—–/]*$")
_NEXT = re.compile(r"\s*(?P<open>[(\[{“„«‘\"'*_–—-]*)\s?(?P<word>[^\W_][\w’'-]*)?")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_WHO = r"\s+(?:[^\W\d_][\w.’'-]{0,30}\s){1,4}"
_SPEAKER = re.compile(rf"{_WHO}(?:{SAYING})\b|\s+(?:{SAYING})\s")
_SPEAKER_ONLY = re.compile(rf"{_WHO}(?:{SAYING})[.,]")
_GLUED = re.compile(r"[A-Z][a-z]*[\s,’']")
_NUMBERING = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})$")
_BULLET = re.compile(r"\s*(?:[-*•‣◦▪–—·>#|]|\d{1,3}[.)]\s|[a-z][.)]\s)")
_CLAUSE = re.compile(r"[;:,—–)](?=\s)")
_WORD = re.compile(r"\S+")
PUNCTUATED = re.compile(r"[.!?…:,;][)\]\"'”’»*_]*$")  # the end of a sentence or clause; headings and items have none
_ADDRESS_ENDS = frozenset({"Com", "Net", "Org", "Io", "Js", "Co", "Gov", "Tv", "Ai"})


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of the sentences of a text, in code points, in order.

    Spans do not overlap, carry no white space at their ends, and together hold every other character. A sentence
    has at most 120 words; an endless run is cut at a clause mark, else at a space.
    """
    return _cached_spans(text) if len(text) <= CACHED_CHARACTERS else _find_spans(text)


def _find_spans(text: str) -> tuple[Span, ...]:
    return tuple(
        piece
        for unit in _units(text)
        for start, end in _split(text, *unit)
        if (span := _strip(text, start, end))
        for piece in _capped(text, *span)
    )


_cached_spans = lru_cache(maxsize=256)(_find_spans)


def _strip(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if left < right else None


# Lines, and lines that are wrapped


def _units(text: str) -> Iterator[Span]:
    """Yield the spans that no sentence crosses: lines, or runs of wrapped lines."""
    for block in _blocks(text):
        soft = _wrapped(text, block)
        start, end = block[0]
        for line, joined in zip(block[1:], soft, strict=True):
            if not joined:
                yield start, end
                start = line[0]
            end = line[1]
        yield start, end


def _blocks(text: str) -> Iterator[list[Span]]:
    """Yield runs of lines with no empty line between them."""
    block: list[Span] = []
    for match in _LINE.finditer(text):
        if match[0].isspace():
            continue
        if block and text[block[-1][1] : match.start()] not in {"\n", "\r\n", "\r"}:
            yield block
            block = []
        block.append(match.span())
    if block:
        yield block


def _wrapped(text: str, block: list[Span]) -> list[bool]:
    """Return for each line break of a block if it only wraps: the next line's first word had no room left."""
    width = max(end - start for start, end in block)
    hard = [False] * (len(block) - 1)
    if not hard or not 45 <= width <= 110:
        return hard
    soft = [_had_no_room(text, *pair, width) for pair in pairwise(block)]
    running_on = [joined and text[line[0]].islower() for joined, line in zip(soft, block[1:], strict=True)]
    if len(soft) == 1:
        return running_on
    prose = sum(soft) >= 0.6 * len(soft) and sum(running_on) >= sum(soft) / 3
    return soft if prose else hard


def _had_no_room(text: str, line: Span, following: Span, width: int) -> bool:
    if _BULLET.match(text, *following):
        return False
    first_word = _WORD.search(text, *following)
    length = line[1] - line[0]
    return first_word is not None and length + 1 + len(first_word[0]) > 0.92 * width


# Full stops


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    quotes, counted = 0, start
    for match in _STOP.finditer(text, start, end):
        if match["wide"]:
            cut = match.end()
        else:
            quotes += text.count('"', counted, match.start())
            counted = match.start()
            cut = _cut(text, begin, end, match, inside_quote=quotes % 2 == 1)
        if begin < cut < end:
            yield begin, cut
            begin = cut
    yield begin, end


def _cut(text: str, begin: int, end: int, match: re.Match[str], *, inside_quote: bool) -> int:
    """Return where the sentence ends at this stop, or 0 if it goes on."""
    after = match.end()
    if after >= end:
        return 0
    if not text[after].isspace():
        return _cut_without_space(text, begin, end, match, inside_quote=inside_quote)
    following = _NEXT.match(text, after, end)
    word = following["word"] if following else None
    opened = bool(following and following["open"].strip("-–—"))
    if word is None:
        return after if opened or not text[after:end].strip("-–—").strip() else 0
    if word[0].islower() and not any(letter.isupper() for letter in word[1:3]):
        return 0
    if match["stop"] == "." and _abbreviates(text, begin, match, word, opened=opened):
        return 0
    # “Why?” Maria Stern asked. — and, as it should not be written, “It failed.” Stern said.
    speaker = _SPEAKER_ONLY if match["stop"] == "." else _SPEAKER
    return 0 if match["close"] and speaker.match(text, after, end) else after


def _cut_without_space(text: str, begin: int, end: int, match: re.Match[str], *, inside_quote: bool) -> int:
    """Return where the sentence ends at a stop without a space after it, or 0: `said.“The American`, `war.The next`."""
    stop, close = match.end("stop"), match["close"]
    before = _before(text, begin, match.start())
    if not before or not (before[-1].islower() or before[-1].isdigit()) or "." in before or "@" in before:
        return 0
    if close:
        if not text[match.end()].isupper():
            return 0
        return stop if close == "“" or (close == '"' and not inside_quote) else match.end()
    if text[stop] in "“„«":
        return stop
    glued = _GLUED.match(text, stop, end)
    sound = glued and len(before) > 2 and "/" not in before and glued[0][:-1] not in _ADDRESS_ENDS
    return stop if sound else 0


def _abbreviates(text: str, begin: int, match: re.Match[str], word: str, *, opened: bool) -> bool:
    """Return True if a full stop belongs to an abbreviation and the sentence goes on with `word`."""
    stop = match.start()
    if match["close"].strip("*_"):
        return False
    before = _before(text, begin, stop)
    if before in TITLES or (stop - begin < 8 and _NUMBERING.match(text, begin, stop)):
        return not opened
    if before in NUMBERED or before.lower() in {"a.m", "p.m"}:
        return word[0].isdigit() or ("." in before and word in AFTER_HOUR)
    if opened or word in OPENERS:
        return False
    if len(before) == 1 and before.isalpha():
        return before.isupper() and (len(word) == 1 or not _names_a_letter(text, begin, stop - 1))
    return _DOTTED.fullmatch(before) is not None or before.rpartition("-")[2] in OPEN


def _before(text: str, begin: int, stop: int) -> str:
    """Return the word before a stop, its last 30 characters at most: no abbreviation is longer."""
    found = _BEFORE.search(text[max(begin, stop - 30) : stop])
    return found[0] if found else ""


def _names_a_letter(text: str, begin: int, letter: int) -> bool:
    words = text[max(begin, letter - 30) : letter].split()
    return bool(words) and words[-1] in LETTERED


# Runs that are too long for a sentence


def _capped(text: str, start: int, end: int) -> Iterator[Span]:
    while _is_endless(text, start, end):
        cut = _first_cut(text, start, end)
        if span := _strip(text, start, cut):
            yield span
        start = cut + (len(text[cut:end]) - len(text[cut:end].lstrip()))
    yield start, end


def _is_endless(text: str, start: int, end: int) -> bool:
    within = text[start : min(end, start + MAX_CHARACTERS + 1)]
    return len(within) > MAX_CHARACTERS or (
        len(within) > 2 * MAX_SENTENCE_WORDS and len(within.split()) > MAX_SENTENCE_WORDS
    )


def _first_cut(text: str, start: int, end: int) -> int:
    """Return where to cut a run that is too long: at a clause mark, else at a space, else anywhere."""
    words = islice(_WORD.finditer(text, start, min(end, start + MAX_CHARACTERS + 1)), MAX_SENTENCE_WORDS + 1)
    ends = [word.end() for word in words]
    if len(ends) <= MAX_SENTENCE_WORDS:
        space = text.rfind(" ", start + 1, start + MAX_CHARACTERS)
        return space if space > start else start + MAX_CHARACTERS
    limit = ends[MAX_SENTENCE_WORDS - 1]
    clauses = [mark.end() for mark in _CLAUSE.finditer(text, start + (limit - start) // 2, limit)]
    return clauses[-1] if clauses else limit


# Cuts texts into passages: runs of whole sentences, long enough to be understood and short enough to be ranked.

TARGET_WORDS = 160
MAX_PASSAGE_WORDS = 250
MIN_WORDS = 110  # a passage of so many words ends at the end of a paragraph rather than inside the next
TAIL_WORDS = 60

_ENDS_SENTENCE = re.compile(r"[.!?…:;,。！？][)\]}”’»\"'“*_」』]*$")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence: its span, its size in words, if it begins a line, and if it is a heading."""

    start: int
    end: int
    words: int
    opens_line: bool
    heading: bool


def passage_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the passages of a text, in code points, in order.

    A passage is about 160 words of whole sentences and never more than 250 (words are separated by white
    space; twelve characters count as at least one word, to bound scripts without spaces). It ends at a paragraph's end
    if one is near, and a heading goes with the text below it.
    """
    groups: list[list[_Piece]] = []
    current: list[_Piece] = []
    pieces = _pieces(text)
    paragraphs = _paragraph_words(pieces)
    for piece, ahead in zip(pieces, paragraphs, strict=True):
        if current and _is_full(current, piece, ahead):
            left = _without_headings(current)
            groups.append(current[:left])
            current = current[left:]
        current.append(piece)
    if current:
        groups.append(current)
    return [(group[0].start, group[-1].end) for group in _tail_merged(groups)]


def in_one_line(text: str) -> str:
    """Return sentences or items of a list in one line; what has no mark at its end gets a semicolon or full stop."""
    parts = [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]
    marks = [
        "" if PUNCTUATED.search(one) else "." if PUNCTUATED.search(other) else ";" for one, other in pairwise(parts)
    ]
    return " ".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=False))


def embedding_text(title: str | None, passage_text: str) -> str:
    """Return the text of a passage that an embedder or reranker reads: with the article's title in front, once."""
    if not title or passage_text.startswith(title):
        return passage_text
    return f"{title}\n{passage_text}"


def _pieces(text: str) -> list[_Piece]:
    spans = sentence_spans(text)
    pieces = []
    for n, (start, end) in enumerate(spans):
        sentence = text[start:end]
        opens = n == 0 or _breaks_line(text[spans[n - 1][1] : start])
        closes = n + 1 == len(spans) or _breaks_line(text[end : spans[n + 1][0]])
        heading = opens and closes and end - start < 100 and not _ENDS_SENTENCE.search(sentence[-8:])
        words = max(len(sentence.split()), (end - start) // 12)
        pieces.append(_Piece(start, end, words, opens, heading))
    return pieces


def _breaks_line(gap: str) -> bool:
    return len(gap.splitlines()) > 1 or gap.endswith(("\n", "\r"))


def _paragraph_words(pieces: list[_Piece]) -> list[int]:
    """Return for each piece how many words are left from it to the end of its paragraph."""
    left = [0] * len(pieces)
    for n in range(len(pieces) - 1, -1, -1):
        runs_on = n + 1 < len(pieces) and not pieces[n + 1].opens_line
        left[n] = pieces[n].words + (left[n + 1] if runs_on else 0)
    return left


def _is_full(current: list[_Piece], piece: _Piece, ahead: int) -> bool:
    words = _passage_words(current)
    if words + piece.words > MAX_PASSAGE_WORDS:
        return True
    if piece.opens_line and words >= MIN_WORDS:
        return words + ahead - TARGET_WORDS > TARGET_WORDS - words  # nearer to the target without it
    return words >= TARGET_WORDS and words + ahead > (TARGET_WORDS + MAX_PASSAGE_WORDS) // 2


def _passage_words(pieces: list[_Piece]) -> int:
    return sum(piece.words for piece in pieces)


def _without_headings(current: list[_Piece]) -> int:
    """Return how many pieces of a full passage stay in it: headings at its end move to the next passage."""
    left = len(current)
    while left and current[left - 1].heading:
        left -= 1
    short = _passage_words(current[left:]) <= TAIL_WORDS
    return left if left and short else len(current)


def _tail_merged(groups: list[list[_Piece]]) -> list[list[_Piece]]:
    if (
        len(groups) > 1
        and _passage_words(groups[-1]) < TAIL_WORDS
        and _passage_words(groups[-2] + groups[-1]) <= MAX_PASSAGE_WORDS
    ):
        return [*groups[:-2], groups[-2] + groups[-1]]
    return groups


_ONE_A_LINE = frozenset({"overview", "timeline", "list"})


def compose_text(kind: AnswerForm, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> str:
    """Return sentences with their markers: on one line, or for an overview, a timeline or a list each on its own.

    A line of an overview or a timeline begins with the day of its first source.
    """
    marked = [s.text + "".join(f" [{n}]" for n in s.citations) for s in sentences]
    if kind not in _ONE_A_LINE:
        return " ".join(marked)
    days = {citation.n: citation.published for citation in citations}
    first = [days.get(s.citations[0]) if s.citations and kind != "list" else None for s in sentences]
    return "\n".join(
        f"- {format_day(day)}: {text}" if day else f"- {text}" for day, text in zip(first, marked, strict=True)
    )
