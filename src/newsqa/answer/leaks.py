"""Keeps a model's instructions, and keys, out of its reply: the model may obey an article that asks for them."""

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

WITHHELD = "(withheld)"  # replaces the words that are removed; no quote supports a sentence with it

RUN_WORDS, RUN_LETTERS = 5, 16
"""Words in a row that are recognised as the instructions', and their letters; fewer may be anybody's."""

_TOKENS = re.compile(r"\S+\s*|\s+")
_SECRET = re.compile(
    r"(?<![\w-])(?:(?=[\w-]*[^\W\d_])(?=[\w-]*[\d_])[\w-]{6,}|[^\W\d_]+[a-z][A-Z][^\W\d_]{2,}|\d{5,})(?![\w-])"
)
"""What looks like a pass phrase: letters with digits or low lines, a capital within a word, a long number."""


@dataclass(slots=True, eq=False)
class _Token:
    """A word of a reply with the white space after it."""

    text: str
    hidden: bool = False


class LeakFilter:
    """Removes what is confidential from a reply that comes in pieces.

    Removed are five or more words in a row of the `confidential` text, single ones of it that look like a pass phrase,
    unless they are in the `public` text too (the question and the evidence may be repeated), and `secrets`. Only
    letters and digits are compared, so that spaces, case, marks and invisible characters hide nothing; neither do the
    encodings of `_spellings`. How the reply is cut into pieces makes no difference. A leak in other words, or of single
    letters here and there, is not found.
    """

    def __init__(self, confidential: str, public: str, secrets: Iterable[str] = ()) -> None:
        self._marks = _marks(confidential, public, secrets)
        self._prefixes = {mark[:length] for mark in self._marks for length in range(len(mark) + 1)} | {""}
        self._lengths = sorted({len(mark) for mark in self._marks})
        self._word = ""
        self._tail = ""  # the last letters, if a mark may begin with them
        self._owners: deque[_Token] = deque()  # the token of each of these letters
        self._waiting: deque[_Token] = deque()
        self._hiding = False

    def feed(self, piece: str) -> str:
        """Read the next piece; return what of the reply so far can be shown now."""
        tokens = _TOKENS.findall(self._word + piece)
        self._word = tokens.pop() if tokens and not tokens[-1][-1].isspace() else ""
        return "".join(shown for token in tokens for shown in self._read(token))

    def flush(self) -> str:
        """Return what was held back and may be shown, at the end of the reply."""
        last = [*self._read(self._word)] if self._word else []
        left, self._word, self._waiting = self._waiting, "", deque()
        return "".join([*last, *(self._shown(token) for token in left)])

    def _read(self, text: str) -> Iterator[str]:
        token = _Token(text)
        self._waiting.append(token)
        for letter in _normalized(text):
            self._tail += letter
            self._owners.append(token)
            while self._tail not in self._prefixes:
                self._tail = self._tail[1:]
                self._owners.popleft()
            if length := self._mark_length():
                self._hide(self._owners[len(self._tail) - length])
        while self._waiting and (not self._owners or self._waiting[0] is not self._owners[0]):
            yield self._shown(self._waiting.popleft())

    def _mark_length(self) -> int:
        """Return how many of the last letters are a mark."""
        ends = (length for length in self._lengths if length <= len(self._tail))
        return max((length for length in ends if self._tail[-length:] in self._marks), default=0)

    def _hide(self, first: _Token) -> None:
        """Hide the tokens from `first` on: it still waits, and so do all that came after it."""
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


def has_leak(text: str, confidential: str, public: str) -> bool:
    """Return True if a text holds what `LeakFilter` would remove."""
    leaks = LeakFilter(confidential, public)
    return leaks.feed(text) + leaks.flush() != text


def _marks(confidential: str, public: str, secrets: Iterable[str]) -> frozenset[str]:
    """Return the runs of letters that must not be in a reply."""
    said = "".join(map(_normalized, public.split()))
    runs = [run for forward in _runs(confidential) for run in (forward, forward[::-1])]
    coded = [spelling for secret in _SECRET.findall(confidential) for spelling in _spellings(secret)]
    keys = [spelling for secret in secrets for spelling in _spellings(secret)]
    return frozenset(mark for mark in (*runs, *coded) if mark and mark not in said) | frozenset(filter(None, keys))


def _runs(text: str) -> Iterator[str]:
    words = [word for word in map(_normalized, text.split()) if word]
    for start in range(len(words) - RUN_WORDS + 1):
        end = start + RUN_WORDS
        while sum(map(len, words[start:end])) < RUN_LETTERS and end < len(words):
            end += 1
        yield "".join(words[start:end])


# Words as they are compared, however they are written, and the encodings of a secret.

MIN_ENCODED = 8  # letters and digits of an encoded secret; fewer may be in other words by chance
MAX_ENCODED = 24  # letters of a secret that are looked for encoded: its beginning is enough
_LOOKALIKES = str.maketrans("асеорхуіѕԁҺј", "aceopxyisdhj")  # cyrillic letters that pass for Latin ones
_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|u\{?([0-9a-f]{4})\}?)", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){8,}", re.IGNORECASE)
_PRINTABLE = re.compile(rb"[\x20-\x7e\s]+")


def _normalized(word: str) -> str:
    """Return the letters and digits of a word in lower case, decoded.

    Percent signs, entities and escapes are decoded, and base64 and hexadecimal if the result is text.
    """
    escaped = _ESCAPED.sub(lambda code: chr(int(code[1] or code[2], 16)), html.unescape(unquote(word)))
    return _letters(_decoded(escaped) or escaped)


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret, and parts of it, in the encodings in which it may be written, normalized."""
    plain = _letters(secret)
    yield from (plain, plain[::-1], _letters(codecs.encode(secret, "rot13")))
    yield from _parts(plain)
    begun = secret[:MAX_ENCODED]
    for cased in {begun, begun.casefold(), begun.upper()}:
        yield from (coded for coded in map(_letters, _encoded(cased)) if len(coded) >= MIN_ENCODED)


def _letters(text: str) -> str:
    parted = unicodedata.normalize("NFKD", text).casefold().translate(_LOOKALIKES)
    return "".join(letter for letter in parted if letter.isalnum())


def _decoded(word: str) -> str:
    """Return the text that a word is in base64 or hexadecimal, "" if it is none."""
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
    """Yield the parts of a secret that give it away: half of it, with letters and digits."""
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
    for before in range(3):  # its position in a longer text
        coded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        shared = (before + len(data)) % 3 != 0  # its last letter depends on what follows, too
        yield coded[-(-before * 8 // 6) : len(coded) - shared]
