"""Words of servers and clients as they may be shown: without keys, on one line, short."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsqa.settings import secret_values

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "[hidden]"
LONGEST = 160
"""Characters of what a server says; an error page is longer, and tells no more."""

_KEY_LIKE = re.compile(
    r"""(?ix)
    \b(?:bearer|basic)\s+[\w.~+/=-]{6,}                  # an authorization header
    | \b(?:sk|pk|rk|gsk|xai|pplx|hf|fw|nvapi|tgp|r8|ghp|gho|github_pat|lsv2|key)[-_][\w*.-]{3,}   # by its beginning
    | \bAIza[\w-]{10,} | \bAKIA[A-Z0-9]{8,} | \beyJ[\w-]{8,}\.[\w.-]+                             # Google, AWS, JWT
    | (?<=://)[^\s/@]+:[^\s/@]+(?=@)                     # user and password in an address
    | (?<![\w/.-])(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{32,}(?![\w/.-])                                # long and random
    """
)
_TAG = re.compile(r"<[^<>]{0,200}>?")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def redacted(text: str, known: Iterable[str] = ()) -> str:
    """Return a text without the `known` keys, those of the environment, and what looks like one."""
    for secret in sorted({*known, *secret_values()}, key=len, reverse=True):
        for form in (secret, quote(secret, safe=""), repr(secret)[1:-1]):
            text = text.replace(form, HIDDEN)
    return _KEY_LIKE.sub(HIDDEN, text)


def shown(text: str, known: Iterable[str] = ()) -> str:
    """Return what a server said as one short line without keys."""
    line = _SPACES.sub(" ", _TAG.sub(" ", redacted(text, known))).strip()
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
