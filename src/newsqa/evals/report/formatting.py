"""Figures and expectations as people read them, the same in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.datasets.items import Item, parts
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newsqa.evals.judge import Judging
    from newsqa.evals.metrics.base import Family
    from newsqa.evals.statistics import Interval
    from newsqa.types import Usage

FAMILIES: dict[Family, str] = {
    "retrieval": "Finding",
    "answer": "Answers",
    "citations": "Citations",
    "refusal": "Refusals",
    "selective": "Confidence",
    "judge": "Judge model",
}
"""What the tables of metrics are headed with, in their order."""

HEADLINES = ("right", "contains", "f1", "doc_hit@5", "lexical_support", "quote_fidelity", "over_refusal")
"""The metrics that a report opens with, if the run has them."""

NO_SHARES = frozenset({"aurc", "ece", "brier"})


def value_text(metric: str, value: float) -> str:
    """Write the value of a metric: "43.2 %", or "0.124" for an area or a squared error."""
    return f"{value:.3f}" if metric in NO_SHARES else f"{100 * value:.1f} %"


def interval_text(metric: str, interval: Interval | None) -> str:
    """Write an interval: "38.1 – 48.3", or "–" if there is none."""
    if interval is None:
        return "–"
    ends = (interval.low, interval.high)
    return " – ".join(value_text(metric, end).removesuffix(" %") for end in ends)


def seconds_text(seconds: float) -> str:
    """Write a time: "0.041 s", "2.31 s", "48 s"."""
    return f"{seconds:.3f} s" if seconds < 0.1 else f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"


def cost_text(spent: Usage) -> str:
    """Write what a run cost: "$1.24", or that it is not known."""
    if spent.cost is None:
        return "price not known"
    return f"${spent.cost:,.4f}" if 0 < spent.cost < 1 else f"${spent.cost:,.2f}"


def judging_text(judging: Judging, name: Callable[[str], str]) -> str:
    """Return who judged: "judged by openai:x: 58 answers, 2 of them without a score; …"; `name` writes a name."""
    owed = f", {judging.faults:,} of them without a score" if judging.faults else ""
    spent = judging.spent
    tokens = f"{spent.input_tokens + spent.output_tokens:,} tokens; {cost_text(spent)}"
    return f"judged by {' and '.join(map(name, judging.models))}: {count(judging.n, 'answer')}{owed}; {tokens}"


def share_text(part: int, whole: int) -> str:
    """Write a part of a whole: "12.4 %", or "–" of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def expected_texts(item: Item) -> list[str]:
    """Write what is accepted: each answer, “Ostby” and “Tarn” if both are required, or the rules for it as one."""
    if (rules := item.rules) is None:
        return [" and ".join(f"“{part}”" for part in parts(answer)) for answer in item.answers]
    groups = [_either(group) for group in (rules.any_of, *rules.all_of) if group]
    unwanted = [f"not {_either(rules.none_of)}"] if rules.none_of else []
    source = [f"from {_either(rules.cites_any)}"] if rules.cites_any else []
    most = [f"at most {rules.max_words} words"] if rules.max_words else []
    text = "; ".join([*([" and ".join(groups)] if groups else []), *unwanted, *source, *most])
    return [text] if text else []


def _either(texts: Iterable[str]) -> str:
    return " or ".join(f"“{text}”" for text in texts)
