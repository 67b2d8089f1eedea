"""What a question of a set expects, in words: accepted answers, and where the answer stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.evals.sets.items import Accepted, Gold


def parts(answer: Accepted) -> tuple[str, ...]:
    """Return the parts of an accepted answer, all of which are required; most have one."""
    return (answer,) if isinstance(answer, str) else answer


def accepted_text(answer: Accepted) -> str:
    """Write an accepted answer: “Ostby” and “Tarn” where both are required."""
    return " and ".join(f"“{part}”" for part in parts(answer))


def gold_text(gold: Gold) -> str:
    """Write where an answer stands: the address, file or article, and the words there."""
    where = gold.url or gold.path or gold.article_id or ""
    quote = f"“{gold.quote}”" if gold.quote else ""
    return ": ".join(part for part in (where, quote) if part)
