"""Times of the clock: 6.40 a.m., 17:30, half past five, noon, "at seven in the morning"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Half = Literal["am", "pm", ""]

_HOURS = {
    word: number for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1,
    )
}  # fmt: skip
_MINUTES = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}
_HOUR = rf"(?P<hour>{'|'.join(_HOURS)}|1[0-2]|[1-9])"
_HALF = r"(?:\s*(?P<half>[ap]\.?\s?m\b\.?)|\s+in the (?P<part>morning|afternoon|evening)|\s+at (?P<night>night))"
_AFTER_HOUR = "(?:on|and|for|to|when|the|with|while|but|sharp)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b(?P<digits>[01]?\d|2[0-3])[.:](?P<minute>[0-5]\d){_HALF}",
        r"\b(?P<digits>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b(?!:)",
        rf"\b(?:a )?(?P<past>{'|'.join(_MINUTES)})(?: minutes)? (?P<which>past|to) {_HOUR}\b{_HALF}?",
        rf"(?<![\w.,])(?P<digits>1[0-2]|[1-9]){_HALF}",
        rf"\b{_HOUR} o['’]clock(?:{_HALF})?",
        r"\b(?P<named>noon|midday|midnight)\b",
        rf"\b(?<=at ){_HOUR}\b(?:{_HALF}|(?=\s*[,.;:!?)”](?!\d)|\s*$|\s+{_AFTER_HOUR}\b))",
        rf"\b(?:(?<=by )|(?<=until )|(?<=till )|(?<=from )){_HOUR}\b(?:{_HALF}|(?=\s*[.;!?)”](?!\d)|\s*$))",
        rf"\b{_HOUR}\s+in the (?P<part>morning|afternoon|evening)\b",
    )
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the clock: minutes after noon or midnight, which half of the day where that is said, and its place."""

    minutes: int
    half: Half
    text: str
    start: int
    end: int

    def agrees(self, other: Clock) -> bool:
        """Whether both may be the same time: a half of the day that only one names does not part them."""
        return self.minutes == other.minutes and not (self.half and other.half and self.half != other.half)


def clocks(text: str) -> list[Clock]:
    """Find the times of a text, in order."""
    found: list[Clock] = []
    for match in (m for form in _FORMS for m in form.finditer(text)):
        if all(match.end() <= clock.start or match.start() >= clock.end for clock in found):
            found.append(_clock(match))
    return sorted(found, key=lambda clock: clock.start)


def _clock(match: re.Match[str]) -> Clock:
    parts = match.groupdict()
    minutes, half = _minutes(parts)
    return Clock(minutes, half or _half(parts), match.group(), match.start(), match.end())


def _minutes(parts: dict[str, str | None]) -> tuple[int, Half]:
    if named := parts.get("named"):
        return 0, "am" if named.lower() == "midnight" else "pm"
    hour, half = _hour(parts)
    minute = int(parts.get("minute") or 0)
    if past := parts.get("past"):
        minute = _MINUTES[past.lower()] * (-1 if (parts["which"] or "").lower() == "to" else 1)
    return (hour % 12 * 60 + minute) % 720, half


def _hour(parts: dict[str, str | None]) -> tuple[int, Half]:
    if digits := parts.get("digits"):
        return int(digits), "pm" if int(digits) > 12 else ""
    word = (parts["hour"] or "").lower()
    return (int(word) if word.isdigit() else _HOURS[word]), ""


def _half(parts: dict[str, str | None]) -> Half:
    if written := parts.get("half"):
        return "am" if written[0] in "aA" else "pm"
    if part := parts.get("part"):
        return "am" if part.lower() == "morning" else "pm"
    return "pm" if parts.get("night") else ""
