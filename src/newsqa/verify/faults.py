"""What is wrong with a sentence, as values, and the one place that words them for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FaultCode = Literal[
    "no_quote", "repeated", "nothing_shared", "address_added", "quotation_altered", "number_missing", "number_confused",
    "time_missing", "date_missing", "name_missing", "name_replaced", "speaker_replaced",
    "own_words", "judged_false", "judge_silent", "left_out", "refuted",
]  # fmt: skip
"""The kinds of fault."""

_MESSAGES: dict[FaultCode, str] = {
    "no_quote": "no quote from the articles at hand goes with it",
    "repeated": "it says again what a sentence before it says",
    "nothing_shared": "it has hardly a word in common with its quotes",
    "number_missing": "number {0} is in none of its quotes",
    "number_confused": "its quotes count something else by {0}",
    "time_missing": "time {0} is in none of its quotes",
    "date_missing": "date {0} is in none of its quotes",
    "name_missing": "name {0} is in none of its quotes",
    "name_replaced": "its quotes have “{1}” where it has “{0}”",
    "quotation_altered": "the words “{0}” do not stand so in its quotes",
    "speaker_replaced": "its quotes have “{1}” say it, not “{0}”",
    "address_added": "“{0}” is in none of its quotes",
    "own_words": "it is in words of its own, and no judge model was asked if its quotes support it",
    "judged_false": "{0} finds that its quotes do not support it: {1}",
    "judge_silent": "{0} gave no verdict on it",
    "left_out": "the model left it out",
    "refuted": "the judge finds that its quotes say the contrary",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a sentence: the kind, and the words of the sentence and its quotes that show it."""

    code: FaultCode
    detail: tuple[str, ...] = ()

    @property
    def conflicts(self) -> bool:
        """True if the quotes have another value in the place of the sentence's own."""
        return self.code in {"number_confused", "name_replaced", "speaker_replaced"}

    def __str__(self) -> str:
        """Word the fault for a person: "number 112 is in none of its quotes"."""
        return _MESSAGES[self.code].format(*self.detail)
