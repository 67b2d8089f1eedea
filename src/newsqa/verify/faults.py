"""What a check finds wrong with a sentence, as values, and the one place that words them for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FaultCode = Literal[
    # The sentence as a whole
    "no_quote", "repeated", "low_overlap", "unsupported_clause",
    # Numbers
    "number_missing", "number_confused", "number_repeated", "unit_mismatch", "bound_mismatch", "rate_missing",
    "pair_mismatch", "number_not_rejected", "number_not_given", "step_mismatch", "turn_mismatch", "wrong_trend",
    # Times and directions
    "clock_missing", "date_missing", "day_part_missing", "order_reversed", "direction_mismatch",
    # Names, and what stands for another
    "name_missing", "name_replaced", "name_unknown", "name_confused", "modifiers_swapped", "swapped", "confused",
    # Roles
    "agent_confused", "wrong_side", "gender_mismatch", "office_mismatch", "speaker_mismatch",
    # Denials and opposites
    "opposite", "denies_affirmed", "affirms_denied", "denial_added", "denial_lost", "comparison_reversed", "refused",
    "too_soon", "only_hoped", "knowledge_reversed", "silence_broken",
    # Wording
    "quotation_altered", "grave_word_added", "address_added",
]  # fmt: skip
"""The kinds of fault."""

_MESSAGES: dict[FaultCode, str] = {
    "no_quote": "no quote from the articles at hand goes with it",
    "repeated": "it says again what a sentence before it says",
    "low_overlap": "only {0} of its words are in its quotes",
    "unsupported_clause": "“{0}” is in none of its quotes",
    "number_missing": "number {0} is in none of its quotes",
    "number_confused": "its quotes have {0} where it has {1}",
    "number_repeated": "its quotes have {0} only {1}",
    "unit_mismatch": "its quotes do not count {0} as “{1}”",
    "bound_mismatch": "its quotes do not give {0} as such a bound",
    "rate_missing": "its quotes do not say “{0}”",
    "pair_mismatch": "its quotes do not have {0} together with {1}",
    "number_not_rejected": "its quotes do not reject {0}",
    "number_not_given": "its quotes do not give {0}",
    "step_mismatch": "its quotes say up or down to {0}, not by so much",
    "turn_mismatch": "its quotes turn {0} the other way, before or after",
    "wrong_trend": "from {0} to {1} is no {2}",
    "clock_missing": "the time {0} is in none of its quotes",
    "date_missing": "date {0} is in none of its quotes",
    "day_part_missing": "time of day {0} is in none of its quotes",
    "order_reversed": "its quotes have “{0}” before “{1}”",
    "direction_mismatch": "its quotes do not say “{0}” but “{1}”",
    "name_missing": "name {0} is in none of its quotes",
    "name_replaced": "name {0} is in none of its quotes, which have “{1}”",
    "name_unknown": "its quotes name no “{0}”",
    "name_confused": "its quotes have “{0}” where it has “{1}”",
    "modifiers_swapped": "its quotes have “{0}” and “{1}”",
    "swapped": "its quotes have {0} and {1} the other way round",
    "confused": "its quotes have “{0}” where it has {1}",
    "agent_confused": "its quotes have {0} where it has {1}",
    "wrong_side": "its quotes have {0} on the other side",
    "gender_mismatch": "its quotes do not speak of a “{0}”",
    "office_mismatch": "its quotes do not call {0} {1}",
    "speaker_mismatch": "its quotes do not have {0} say it",
    "opposite": "it says the opposite of its quotes ({0})",
    "denies_affirmed": "it denies what its quotes do not deny ({0})",
    "affirms_denied": "it affirms what its quotes deny ({0})",
    "denial_added": "it denies something ({0}), and its quotes deny nothing there",
    "denial_lost": "its quotes deny what it affirms ({0})",
    "comparison_reversed": "it says {0} than its quotes ({1})",
    "refused": "its quotes say that it was refused ({0})",
    "too_soon": "its quotes say that something else comes first ({0} before …)",
    "only_hoped": "its quotes tell only of a hope ({0})",
    "knowledge_reversed": "it turns round what its quotes say is known ({0} … {1})",
    "silence_broken": "its quotes tell of silence ({0})",
    "quotation_altered": "the words “{0}” do not stand so in its quotes",
    "grave_word_added": "“{0}” is in none of its quotes",
    "address_added": "“{0}” is in none of its quotes",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a sentence: the kind, and the words of the sentence and its quotes that show it."""

    code: FaultCode
    detail: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Word the fault for a person: "number 112 is in none of its quotes"."""
        return _MESSAGES[self.code].format(*self.detail)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a sentence against quotes found.

    `overlap`, 0 to 1, is the share of the sentence's content words that the quotes have; `fault` is None if the quotes
    support the sentence.
    """

    overlap: float
    fault: Fault | None = None

    @property
    def supported(self) -> bool:
        """True if no fault was found."""
        return self.fault is None
