"""Finds the lines of a page again by what a program has made of them, and those that belong to them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import Any

from newsqa.ingest.readers.page_lines import MAX_SEARCHED, PageLine, PageLines, size, squeeze

_WINDOW = 20_000
_HEAD = 24
_LABEL = re.compile(
    r"(?:read more|read also|also read|see also|more on this|related|more|watch|listen|photos?|video|gallery|"
    r"mehr zum thema|lesen sie (?:auch|mehr)|lies auch|mehr dazu|siehe auch|zum thema|lesetipp|weiterlesen|"
    r"à lire aussi|lire aussi|voir aussi|lee también|leer más|te puede interesar|ver también|leggi anche|lees ook)"
    r"\b.{0,3}\s*[:|»›>–—-]\s*\S",
    re.IGNORECASE,
)


class OwnLines:
    """The lines of a page, found again by what a program has made of them."""

    def __init__(self, lines: PageLines) -> None:
        self._lines = lines
        self._texts = [line.text for line in lines.all]
        self._squeezed = [squeeze(text) for text in self._texts]
        self._starts: list[int] = []
        self._places: dict[str, int] = {}
        place = 0
        for n, known in enumerate(self._squeezed):
            self._starts.append(place)
            self._places.setdefault(known, n)
            place += len(known)
        self._run = "".join(self._squeezed)
        self._searches = MAX_SEARCHED // max(1, len(self._run))

    @property
    def size(self) -> int:
        """How many characters without spaces the page shows."""
        return len(self._run)

    def restore(self, chosen: list[str]) -> list[str]:
        """Return the page's own form of lines: the same words, with what a program has dropped inside of them."""
        restored: list[str] = []
        reached = 0
        for line in chosen:
            known = squeeze(line)
            place = self._run.find(known, reached, reached + _WINDOW)
            if place < 0 and len(known) > _HEAD and self._searches > 0:
                self._searches -= 1
                place = self._run.find(known)
            if place >= 0:
                restored += self._slice(place, place + len(known)) or [line]
                reached = place + len(known) if place >= reached else reached
            elif known in self._places:
                restored.append(self._texts[self._places[known]])
            else:
                restored.append(self._around(known, reached) or line)
        return list(dict.fromkeys(restored)) if len(restored) != len(set(restored)) and _repeats(restored) else restored

    def _slice(self, start: int, end: int) -> list[str]:
        """Return the own lines that a run of characters covers, none if it begins or ends within one."""
        first, last = self._index(start), self._index(end - 1)
        if self._starts[first] == start and self._starts[last] + len(self._squeezed[last]) == end:
            return self._texts[first : last + 1]
        return []

    def _index(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def _around(self, known: str, reached: int) -> str | None:
        """Return the own line from which a program has dropped a few words, as it does with links and buttons."""
        if len(known) < 2 * _HEAD:
            return None
        place = self._run.find(known[:_HEAD], max(0, reached - _WINDOW), reached + 5 * _WINDOW)
        if place < 0:
            return None
        n = self._index(place)
        text = self._squeezed[n]
        held = self._starts[n] == place and text.endswith(known[-_HEAD:]) and len(text) <= 1.5 * len(known)
        return self._texts[n] if held else None

    def complete(self, chosen: list[str], shown: list[PageLine], stop: int) -> list[str]:
        """Return the chosen lines with the paragraphs that lie among them or that the page marks up in the same way.

        A page may hold its article in several containers, of which only the first is taken.
        """
        held = set(map(squeeze, chosen))
        taken = [n for n, known in enumerate(self._squeezed) if known in held]
        if not taken or len(taken) < 0.5 * len(chosen):
            return chosen
        running = {id(line): n for n, line in enumerate(self._lines.all)}
        ours = [running[id(line)] for line in shown]
        missed = [n for n in ours if self._squeezed[n] not in held]
        if len(missed) * sum(map(len, held)) < MAX_SEARCHED:
            missed = [n for n in missed if not self._in_chosen(n, held)]
        if not missed:
            return chosen
        forms = Counter(_form(self._lines.all[n].block) for n in ours if self._squeezed[n] in held)
        first, last = taken[0], taken[-1]
        common = [form for form, count in forms.items() if count >= 2]
        added = {n for n in missed if first <= n < stop and _form(self._lines.all[n].block) in common}
        if not added:
            return chosen
        if max(added) > last:  # headings and short lines between the containers
            top = _common_ancestor(self._lines.all[last].block, self._lines.all[max(added)].block)
            added |= {n for n in range(last + 1, max(added)) if self._is_between(n, top)}
        return self._merged(chosen, added)

    def _in_chosen(self, n: int, held: set[str]) -> bool:
        return any(self._squeezed[n] in one for one in held if len(one) > len(self._squeezed[n]))

    def _is_between(self, n: int, top: Any) -> bool:
        line = self._lines.all[n]
        inside = any(one is top for one in line.block.iterancestors())
        return inside and line.heading and not line.linked and not self._lines.zone(line.block)

    def _merged(self, chosen: list[str], added: set[int]) -> list[str]:
        merged: list[str] = []
        waiting = sorted(added)
        for line in chosen:
            place = self._places.get(squeeze(line))
            while place is not None and waiting and waiting[0] < place:
                merged.append(self._texts[waiting.pop(0)])
            merged.append(line)
        return merged + [self._texts[n] for n in waiting]

    def without_labels(self, chosen: list[str]) -> list[str]:
        """Return the lines without captions, credits, and those that only link to another article."""
        dropped = {text for text in chosen if (n := self._places.get(squeeze(text))) is not None and self._is_label(n)}
        if not dropped or size(dropped) > 0.3 * size(chosen):
            return chosen
        return [line for line in chosen if line not in dropped]

    def _is_label(self, n: int) -> bool:
        line = self._lines.all[n]
        zone = self._lines.zone(line.block)
        if zone in {"caption", "boilerplate"}:
            return True
        linked = line.linked >= 0.9 * len(line.text)
        if linked and (zone or (not line.is_running and len(line.text.split()) > 3 and not line.heading)):
            return line.block.tag in {"p", "div", "li", "strong", "h2", "h3", "h4", "br", "ul", "section"}
        return line.linked > 0.4 * len(line.text) and _LABEL.match(line.text) is not None

    def linked_share(self, texts: list[str]) -> float:
        """Return the share of characters of these lines that are in links."""
        found = [self._lines.all[n] for text in texts if (n := self._places.get(squeeze(text))) is not None]
        return sum(line.linked for line in found) / max(1, sum(len(line.text) for line in found))

    def is_running(self, text: str) -> bool:
        """Return True if a line is one of the page's running text."""
        n = self._places.get(squeeze(text))
        return n is not None and self._lines.all[n].is_running

    def is_title(self, text: str) -> bool:
        """Return True if a line is a heading of the first level."""
        n = self._places.get(squeeze(text))
        return n is not None and self._lines.all[n].heading and self._lines.all[n].block.tag == "h1"

    def holding(self, body: str) -> list[str]:
        """Return the own lines of the page that a text holds."""
        held = squeeze(body)
        if len(self._texts) * len(held) > MAX_SEARCHED:
            return []
        return [
            text for text, known in zip(self._texts, self._squeezed, strict=True) if len(known) > 20 and known in held
        ]


def _repeats(lines: list[str]) -> bool:
    long = [line for line in lines if len(line) > 60]
    return len(long) - len(set(long)) > 0


def _form(block: Any) -> tuple[str, ...]:
    """Return how a block is marked up: the tags and classes of it and the three elements around it."""
    chain = [block, *block.iterancestors()][:4]
    return tuple(f"{one.tag}.{one.get('class') or ''}" for one in chain)


def _common_ancestor(one: Any, two: Any) -> Any:
    above = [one, *one.iterancestors()]
    return next((element for element in [two, *two.iterancestors()] if any(element is each for each in above)), None)
