"""What a model was told beforehand, and keys, kept out of what it says: it may obey an article that asks for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WITHHELD = "(withheld)"
"""Stands where words were taken out; a sentence with it proves nothing."""

RUN = 5
"""Words in a row that are the instructions' own; fewer are anybody's."""

_TOKENS = re.compile(r"\S+\s*|\s+")
_LETTERS = re.compile(r"[^\W_]+")
_SECRET = re.compile(r"(?<![\w-])(?=[\w-]*[^\W\d_])(?=[\w-]*[\d_])[\w-]{6,}(?![\w-])")
"""What looks made up to be recognised: letters with digits or low lines."""


@dataclass(slots=True)
class _Token:
    """A word with the white space after it, and the form in which words are compared."""

    text: str
    form: str | None
    hidden: bool = False


class Withheld:
    """Takes the words of a reply as they come, and lets through what the model was not told in confidence.

    Withheld are words of `told` in the order in which they stand there, five or more, and single ones that look like a
    pass phrase, unless they stand in `given` too: the question and the evidence may be repeated. So are `secrets`. How
    the reply is cut into pieces changes nothing.
    """

    def __init__(self, told: str, given: str, secrets: Iterable[str] = ()) -> None:
        runs = _runs(told) - _runs(given)
        self._runs = runs
        self._begun = {run[:length] for run in runs for length in range(1, RUN + 1)}
        self._secrets = {*_SECRET.findall(told)} - {*_SECRET.findall(given)} | {s for s in secrets if s}
        self._word = ""
        self._waiting: list[_Token] = []
        self._hiding = False

    def without(self, piece: str) -> str:
        """Return what of the words so far may be shown now."""
        tokens = _TOKENS.findall(self._word + piece)
        self._word = tokens.pop() if tokens and not tokens[-1][-1].isspace() else ""
        return "".join(shown for token in tokens for shown in self._take(token))

    def rest(self) -> str:
        """Return what was held back and may be shown."""
        last = [*self._take(self._word)] if self._word else []
        left, self._word, self._waiting = self._waiting, "", []
        return "".join([*last, *(self._shown(token) for token in left)])

    def _take(self, text: str) -> Iterator[str]:
        secret = any(secret in text for secret in self._secrets)
        self._waiting.append(_Token(text, None if secret else _form(text), hidden=secret))
        while self._waiting:
            forms = tuple(token.form for token in self._waiting)
            if forms in self._runs:
                for token in self._waiting:
                    token.hidden = True
            elif forms in self._begun:
                return
            yield self._shown(self._waiting.pop(0))

    def _shown(self, token: _Token) -> str:
        if not token.hidden:
            self._hiding = False
            return token.text
        again, self._hiding = self._hiding, True
        return "" if again else WITHHELD + token.text[len(token.text.rstrip()) :]


def _form(text: str) -> str:
    return "".join(_LETTERS.findall(text.casefold())) or text.strip()


def _runs(text: str) -> set[tuple[str | None, ...]]:
    forms = [_form(word) for word in text.split()]
    return {tuple(forms[at : at + RUN]) for at in range(len(forms) - RUN + 1)}
