"""What a model was told beforehand, and keys, kept out of what it says: it may obey an article that asks for them."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


# Words as they are compared, whatever they are set in, and the ways in which a secret may be written.

LEAST_ENCODED = 8
"""Letters and digits of an encoded secret; with fewer, other words might hold them."""

MOST_ENCODED = 24
"""Letters of a secret that are looked for encoded: its beginning tells it."""

_LOOKALIKES = str.maketrans("асеорхуіѕԁҺј", "aceopxyisdhj")
"""Cyrillic letters that pass for Latin ones."""

_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|u\{?([0-9a-f]{4})\}?)", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){8,}", re.IGNORECASE)
_PRINTABLE = re.compile(rb"[\x20-\x7e\s]+")


def reading(word: str) -> str:
    """Return the letters and digits of a word, small, with nothing that is not seen.

    Percent signs, entities and escapes are read as what they stand for, base64 and hexadecimal where that is text.
    """
    escaped = _ESCAPED.sub(lambda code: chr(int(code[1] or code[2], 16)), html.unescape(unquote(word)))
    return _letters(_decoded(escaped) or escaped)


def spellings(secret: str) -> Iterator[str]:
    """Give a secret, and a telling part of it, in the ways in which it may be written, as `reading` returns them."""
    plain = _letters(secret)
    yield from (plain, plain[::-1], _letters(codecs.encode(secret, "rot13")))
    yield from _parts(plain)
    begun = secret[:MOST_ENCODED]
    for cased in {begun, begun.casefold(), begun.upper()}:
        yield from (coded for coded in map(_letters, _encoded(cased)) if len(coded) >= LEAST_ENCODED)


def _letters(text: str) -> str:
    parted = unicodedata.normalize("NFKD", text).casefold().translate(_LOOKALIKES)
    return "".join(letter for letter in parted if letter.isalnum())


def _decoded(word: str) -> str:
    """Return the text that a word holds in base64 or hexadecimal, "" where it holds none."""
    bare = word.strip().strip("\"'`“”.,;:()[]*=")
    try:
        if _HEX.fullmatch(bare):
            data = bytes.fromhex(bare)
        elif _BASE64.fullmatch(bare):
            standard = bare.translate({ord("-"): "+", ord("_"): "/"})
            data = base64.b64decode(standard + "=" * (-len(standard) % 4))
        else:
            return ""
    except (ValueError, binascii.Error):
        return ""
    return data.decode("ascii") if _PRINTABLE.fullmatch(data) else ""


def _parts(plain: str) -> Iterator[str]:
    """Give the parts of a secret that tell it by themselves: half of it, and letters with digits."""
    size = min(8, max(5, -(-len(plain) // 2)))
    for start in range(len(plain) - size + 1):
        part = plain[start : start + size]
        if not part.isalpha() and not part.isdigit():
            yield part


def _encoded(text: str) -> Iterator[str]:
    data = text.encode()
    yield data.hex()
    yield base64.b32encode(data).decode().rstrip("=")
    for code in ("{}", "0x{:x}", "u{:04x}", "{:o}", "{:08b}"):
        yield "".join(code.format(byte) for byte in data)
    for before in range(3):  # where in a longer text it stands
        coded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        shared = (before + len(data)) % 3 != 0  # its last letter also tells of what follows
        yield coded[-(-before * 8 // 6) : len(coded) - shared]


WITHHELD = "(withheld)"
"""Stands where words were taken out; a sentence with it proves nothing."""

RUN, LEAST_LETTERS = 5, 16
"""Words in a row that are the instructions' own, and the letters that they have; fewer are anybody's."""

_TOKENS = re.compile(r"\S+\s*|\s+")
_SECRET = re.compile(
    r"(?<![\w-])(?:(?=[\w-]*[^\W\d_])(?=[\w-]*[\d_])[\w-]{6,}|[^\W\d_]+[a-z][A-Z][^\W\d_]{2,}|\d{5,})(?![\w-])"
)
"""What looks made up to be recognised: letters with digits or low lines, a capital within a word, a long number."""


@dataclass(slots=True, eq=False)
class _Token:
    """A word with the white space after it."""

    text: str
    hidden: bool = False


class Withheld:
    """Takes the words of a reply as they come, and lets through what the model was not told in confidence.

    Withheld are words of `told` in the order in which they stand there, five or more, and single ones that look like a
    pass phrase, unless they stand in `given` too: the question and the evidence may be repeated. So are `secrets`. Only
    letters and digits are compared, so that spaces, case, marks and what is not seen hide nothing; neither do the
    spellings that `newsqa.drafts.spellings` knows. How the reply is cut into pieces changes nothing.

    What is told in other words, or a letter here and a letter there, no comparison finds.
    """

    def __init__(self, told: str, given: str, secrets: Iterable[str] = ()) -> None:
        self._marks = _marks(told, given, secrets)
        self._begun = {mark[:length] for mark in self._marks for length in range(len(mark) + 1)} | {""}
        self._lengths = sorted({len(mark) for mark in self._marks})
        self._word = ""
        self._tail = ""  # the last letters, where something that is withheld may begin with them
        self._owners: deque[_Token] = deque()  # the word of each of these letters
        self._waiting: deque[_Token] = deque()
        self._hiding = False

    def without(self, piece: str) -> str:
        """Return what of the words so far may be shown now."""
        tokens = _TOKENS.findall(self._word + piece)
        self._word = tokens.pop() if tokens and not tokens[-1][-1].isspace() else ""
        return "".join(shown for token in tokens for shown in self._take(token))

    def rest(self) -> str:
        """Return what was held back and may be shown."""
        last = [*self._take(self._word)] if self._word else []
        left, self._word, self._waiting = self._waiting, "", deque()
        return "".join([*last, *(self._shown(token) for token in left)])

    def _take(self, text: str) -> Iterator[str]:
        token = _Token(text)
        self._waiting.append(token)
        for letter in reading(text):
            self._tail += letter
            self._owners.append(token)
            while self._tail not in self._begun:
                self._tail = self._tail[1:]
                self._owners.popleft()
            if length := self._found():
                self._hide(self._owners[len(self._tail) - length])
        while self._waiting and (not self._owners or self._waiting[0] is not self._owners[0]):
            yield self._shown(self._waiting.popleft())

    def _found(self) -> int:
        """Return how many of the last letters are to be withheld."""
        ends = (length for length in self._lengths if length <= len(self._tail))
        return max((length for length in ends if self._tail[-length:] in self._marks), default=0)

    def _hide(self, first: _Token) -> None:
        """Hide the words from one on: that of the first letter still waits, and so does all that came after it."""
        within = False
        for token in self._waiting:
            within = within or token is first
            token.hidden = token.hidden or within

    def _shown(self, token: _Token) -> str:
        if not token.hidden:
            self._hiding = False
            return token.text
        again, self._hiding = self._hiding, True
        return "" if again else WITHHELD + token.text[len(token.text.rstrip()) :]


def tells(text: str, told: str, given: str) -> bool:
    """Whether a text holds something of `told` that `Withheld` would take out of it."""
    withheld = Withheld(told, given)
    return withheld.without(text) + withheld.rest() != text


def _marks(told: str, given: str, secrets: Iterable[str]) -> frozenset[str]:
    """Return the letters that must not come out in a row."""
    said = "".join(map(reading, given.split()))
    runs = [run for forward in _runs(told) for run in (forward, forward[::-1])]
    coded = [spelling for secret in _SECRET.findall(told) for spelling in spellings(secret)]
    keys = [spelling for secret in secrets for spelling in spellings(secret)]
    return frozenset(mark for mark in (*runs, *coded) if mark and mark not in said) | frozenset(filter(None, keys))


def _runs(text: str) -> Iterator[str]:
    words = [word for word in map(reading, text.split()) if word]
    for start in range(len(words) - RUN + 1):
        end = start + RUN
        while sum(map(len, words[start:end])) < LEAST_LETTERS and end < len(words):
            end += 1
        yield "".join(words[start:end])
