"""Text from outside as data in a prompt: nothing in it can be taken for a key, a delimiter or a turn of a conversation.

This is for the model only: what is shown and quoted is taken from the stored text.
"""

from __future__ import annotations

import re
import unicodedata

_BRACKETS = str.maketrans({"[": "(", "]": ")", "【": "(", "】": ")"})
_HARMLESS = str.maketrans("<>＜＞﹤﹥≪≫⋘⋙", "‹›‹›‹›‹›‹›")
_SPECIAL_TOKENS = re.compile(
    r"[<＜﹤]{2,}|[>＞﹥]{2,}|[≪≫⋘⋙]+|[<＜]\|[^<>|]{0,40}\|?[>＞]?|\|[>＞]"
    r"|</?(?:s|bos|eos|unk|pad|think\w*|(?:start|end)_of_\w+|begin_of_\w+|im_(?:start|end|sep)|\w*(?:instructions?|evidence)"
    r"|system|user|assistant|tool\w*)>",
    re.IGNORECASE,
)
"""What delimits evidence and quotes in the prompts, and what the chat templates of models use as delimiters."""

_SENTENCE = re.compile(r"SENTENCE(?=\s*\d+\s*:)")  # the heading of a sentence that is judged
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def sanitize(text: str) -> str:
    """Return a text with square brackets made round, special tokens made ‹›, and invisible characters removed."""
    visible = "".join(map(_visible, text))
    return _SPECIAL_TOKENS.sub(lambda token: token.group().translate(_HARMLESS), visible).translate(_BRACKETS)


def _visible(char: str) -> str:
    """Return a character, a space for one that separates lines or words unseen, nothing for others that hide."""
    if char in "\n\t" or unicodedata.category(char) not in _HIDDEN:
        return char
    return " " if char.isspace() else ""


def one_line(text: str) -> str:
    """Return a text sanitized and without line breaks; no word of it is the heading of a sentence to judge."""
    return _SENTENCE.sub("Sentence", " ".join(sanitize(text).split()))
