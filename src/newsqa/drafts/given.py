"""Evidence as a chat model is given it: keyed, with its source, and as data that cannot pass for anything else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.verify.evidence import day

if TYPE_CHECKING:
    from newsqa.records import Hit

LONGEST_NAME = 200
"""Characters of a title or an outlet that are shown."""

_BRACKETS = str.maketrans({"[": "(", "]": ")", "【": "(", "】": ")"})
_ANGLES = str.maketrans({"<": "‹", ">": "›"})
_MARKS = re.compile(
    r"<{2,}|>{2,}|<\|[^<>|]{0,40}\|?>?|\|>"
    r"|</?(?:s|bos|eos|unk|pad|think\w*|(?:start|end)_of_\w+|begin_of_\w+|im_(?:start|end|sep)|\w*(?:instructions?|evidence)"
    r"|system|user|assistant|tool\w*)>",
    re.IGNORECASE,
)
"""What delimits evidence here, and what the chat templates of models read as the turn of somebody else."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What a model is shown of a hit: some of its words, not necessarily all."""

    hit: Hit
    text: str


def as_data(text: str) -> str:
    """Return a text in which nothing can be taken for a key, a delimiter or a turn of the conversation.

    Square brackets become round, angle brackets that mark something become ‹›, and what cannot be seen goes. Only the
    model sees it so: quotes are taken from the stored text.
    """
    visible = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _HIDDEN)
    return _MARKS.sub(lambda mark: mark.group().translate(_ANGLES), visible).translate(_BRACKETS)


def in_lines(n: int, shown: Shown) -> str:
    """Write a piece of evidence between delimiters, under a line with its key and its source."""
    return f"[{n}] {_source(shown.hit, titled=True)}\n<<<\n{as_data(shown.text)}\n>>>"


def in_a_line(n: int, shown: Shown) -> str:
    """Write a piece of evidence as one line: shorter, for a small model. Data can begin no line."""
    return f"[{n}] ({_source(shown.hit, titled=False)}) {_line(shown.text)}"


def _source(hit: Hit, *, titled: bool) -> str:
    article = hit.article
    names = (article.outlet, article.published and day(article.published), article.title if titled else None)
    return ", ".join(_line(name)[:LONGEST_NAME] for name in names if name)


def _line(text: str) -> str:
    return " ".join(as_data(text).split())
