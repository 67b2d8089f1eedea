"""The normal forms in which answers are compared: what case, typography and punctuation do to a text.

All begin with NFKC, lower case, one kind of quote and dash, and no invisible characters. Then each follows the
definition that its metric has elsewhere, to the letter on ASCII text:

- `answer_tokens` (EM, F1): punctuation and currency signs are taken out without a gap, so that "7.25 a.m." is "725 am"
  and "well-known" is "wellknown", as the scorers of RealTime QA (arXiv:2207.13332) and SQuAD (arXiv:1606.05250) do.
  The latter's also takes out a, an and the. RealTime QA's counters of Japanese and Korean are left as they are.
- `rouge_tokens` (ROUGE-L): runs of letters and digits, as in the package rouge-score.
- `findable` (whether one text stands in another): runs of letters and digits too, but a number is one token, so that
  "260" is not found in "1,260" nor "5 million" in "2.5 million", and so are initials ("U.S."). An apostrophe is left
  out, save before a possessive s, which is a token of its own: "Netflix" stands in "Netflix's". Times read alike with
  a colon or a full stop, with a gap before am and pm or without.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = [0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
_ONE_KIND = {
    **dict.fromkeys("‘’‚‛′ʼ´＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys(map(chr, _INVISIBLE), ""),
}
_OTHER_KINDS = re.compile(f"[{''.join(_ONE_KIND)}]")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_RUN = re.compile(r"[^\W_]+")
_FINDABLE = re.compile(
    r"[^\W\d_](?:\.[^\W\d_]){1,8}(?![^\W_])"  # initials
    r"|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)*|\d+(?:[.:]\d+)+"  # thousands; decimals, times, dates in figures
    r"|\d+(?=[ap]m(?![^\W_]))"  # the hour of 9pm
    r"|[^\W_]+(?:'(?!s(?![^\W_]))[^\W_]+)*"  # words with their apostrophes, a possessive s apart
)
_DOT_OF_INITIALS = re.compile(r"(?<=[^\W\d_])\.")

_ASCII_SYMBOLS = "$+<=>^`|~"  # what ASCII counts as punctuation and Unicode as symbols
_FRACTION_SLASH = "\u2044"  # NFKC makes "1⁄2" of "½"
_PUNCTUATION = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sc"})


def plain(text: str) -> str:
    """Return a text in lower case and one typography, without soft hyphens, zero widths and marks of direction."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _OTHER_KINDS.sub(lambda other: _ONE_KIND[other[0]], text)).lower()


def answer_tokens(text: str, *, articles: bool = True) -> list[str]:
    """Part an answer as EM and F1 compare it; without `articles`, a, an and the are taken out, as SQuAD does."""
    bare = "".join(c for c in plain(text) if not _is_punctuation(c))
    return (bare if articles else _ARTICLES.sub(" ", bare)).split()


def rouge_tokens(text: str) -> list[str]:
    """Part a text into its runs of letters and digits."""
    return _RUN.findall(plain(text))


def findable(text: str, *, articles: bool = True) -> str:
    """Return the tokens of a text with a space around each: one text stands in another where its form does.

    A text without a letter or digit gives "", which stands in every text: ask before you look for it.
    """
    tokens = " ".join(_FINDABLE.findall(plain(text)))
    tokens = _DOT_OF_INITIALS.sub("", tokens.replace(",", "").replace("'", "").replace(":", "."))
    kept = tokens if articles else " ".join(_ARTICLES.sub(" ", tokens).split())
    return f" {kept} " if kept else ""


@lru_cache(maxsize=4096)
def _is_punctuation(character: str) -> bool:
    """Tell whether a character is punctuation, or one of the signs that ASCII counts as such, or money."""
    return (
        character in _ASCII_SYMBOLS or character == _FRACTION_SLASH or unicodedata.category(character) in _PUNCTUATION
    )
