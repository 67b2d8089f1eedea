"""Make text from outside safe to show: nothing in it can command the terminal, hide words or reverse their order.

Controls become visible symbols (an escape is shown as ␛), invisible characters are removed. Words stay as they are.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

_DIRECTIONS = range(0x202A, 0x202F), range(0x2066, 0x206A)  # embeddings, overrides and isolates turn the line around
_INVISIBLE = (
    range(0x200B, 0x2010),  # zero-width characters and direction marks
    range(0x2060, 0x2066),
    range(0x206A, 0x2070),
    range(0xFE00, 0xFE10),  # variation selectors
    range(0xE0000, 0xE1000),  # tag characters and more variation selectors
    (0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
)
_SURROGATES = range(0xD800, 0xE000)
_NONCHARACTERS = tuple(plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))

_TABLE: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},  # control pictures: ␀ to ␟
    0x7F: "␡",
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),  # C1: terminals take these for escape sequences
    **{code: "" for group in (*_DIRECTIONS, *_INVISIBLE) for code in group},
    **dict.fromkeys((*_SURROGATES, *_NONCHARACTERS, *range(0xFFF9, 0xFFFC)), "\ufffd"),
    0x09: "    ",
    0x0A: "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
}
LONGEST_ADDRESS = 2_000  # characters of an address that every client accepts
_FRAGMENT_WORDS = 5  # words of a quote that each end of a text fragment takes
_QUOTATION_MARKS = "“”„\"«»‘’' "

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?|[0-9a-f:.]+:[0-9a-f:.]*")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CALL = re.compile(r"@(?=channel|everyone|here|group|[!&]?\d)", re.IGNORECASE)
_PATH = "/:@!$&'()*+,;=~%"

_LINE_ENDS = re.compile(r"\r\n?|[\v\f]")
_SPACES = re.compile(r"\s+")


def safe(text: str) -> str:
    """Return the text as it may be shown over several lines: of all controls only line feeds stay."""
    return _LINE_ENDS.sub("\n", text).translate(_TABLE)


def safe_line(text: str) -> str:
    """Return the text as it may be shown within one line, runs of white space as one space."""
    return _SPACES.sub(" ", safe(text)).strip()


def short_line(text: str, longest: int) -> str:
    """Return the text as `safe_line` does; if it has more than so many characters, its beginning with an ellipsis."""
    line = safe_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def web_address(url: str | None) -> str | None:
    """Return an address as every client accepts it: host in ASCII, everything else percent-encoded.

    User names and passwords are removed. None if it is not an http address, or longer than clients accept.
    """
    try:
        parts = urlsplit(safe_line(url or ""))
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:  # brackets that hold no IPv6 address, a port that is no number, a host that is none
        return None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    where = (f"[{host}]" if ":" in host else host) + port
    rest = (
        _encode_part(parts.path, _PATH),
        _encode_part(parts.query, _PATH + "?"),
        _encode_part(parts.fragment, _PATH + "?"),
    )
    address = urlunsplit((parts.scheme, where, *rest))
    return address if len(address) <= LONGEST_ADDRESS else None


def _encode_part(part: str, kept: str) -> str:
    return _CALL.sub("%40", _BARE_PERCENT.sub("%25", quote(part, safe=kept)))


def at_quote(address: str, quote_text: str) -> str:
    """Return an address that opens a page at a quote, which browsers highlight: `#:~:text=first words,last words`.

    `address` is one of `web_address`. Its own fragment stays in front, for browsers that do not find the words; a text
    fragment that it has is replaced. It stays as it is if it would become too long.
    https://wicg.github.io/scroll-to-text-fragment/ has the syntax.
    """
    lines = [line for part in safe(quote_text).split("\n") if (line := safe_line(part).strip(_QUOTATION_MARKS))]
    if not lines:
        return address
    first, last = lines[0].split(" "), lines[-1].split(" ")
    if len(lines) == 1 and len(first) <= 2 * _FRAGMENT_WORDS:
        ends = lines
    else:
        ends = [" ".join(first[:_FRAGMENT_WORDS]), " ".join(last[-_FRAGMENT_WORDS:])]
    directive = ",".join(quote(end, safe="").replace("-", "%2D") for end in ends)
    page, _, fragment = address.partition("#")
    linked = f"{page}#{fragment.partition(':~:')[0]}:~:text={directive}"
    return linked if len(linked) <= LONGEST_ADDRESS else address
