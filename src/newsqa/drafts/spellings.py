"""Words as they are compared, whatever they are set in, and the ways in which a secret may be written."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

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
