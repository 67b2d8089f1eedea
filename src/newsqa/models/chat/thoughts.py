"""Thoughts that a reasoning model writes before its answer, "<think>…</think>", where its server leaves them in."""

from __future__ import annotations

BEGIN, END = "<think>", "</think>"


class Thoughts:
    """Takes the words of a reply as they come, and lets through what is no thought."""

    def __init__(self) -> None:
        self.kept = ""
        self._held = ""
        self._thinking: bool | None = None  # None until the first words tell

    def without(self, words: str) -> str:
        """Return what of the words so far may be shown now."""
        self._held += words
        if self._thinking is None:
            opening = self._held.lstrip()
            if opening and not BEGIN.startswith(opening[: len(BEGIN)]):
                self._thinking = False
            elif opening.startswith(BEGIN):
                self._thinking = True
        if self._thinking and END in self._held:
            self._thinking, self._held = False, self._held.partition(END)[2]
        if self._thinking is not False:
            return ""
        if not self.kept:
            self._held = self._held.lstrip()
        return self.rest()

    def rest(self) -> str:
        """Return what was held back and is no thought."""
        rest = "" if self._thinking else self._held
        self._held = ""
        self.kept += rest
        return rest
