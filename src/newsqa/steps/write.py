"""Draft an answer with a chat model: it sees keyed evidence and writes plain text with keys, which `verify` checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.drafts import parse_draft
from newsqa.models.chat import ask_model
from newsqa.records import Draft, Writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.prompts import Prompts
    from newsqa.records import Claim, Hit, Query

NOT_FOUND = "NOT FOUND"
EVIDENCE = 8
"""Passages that the model reads: about 1,700 words."""

WRITTEN_CONFIDENCE = 0.5
"""A written draft has no estimate of its own; the check is what counts."""


def write(
    query: Query, evidence: Sequence[Hit], model: BaseChatModel, prompts: Prompts, name: str
) -> Iterator[Writing | Claim | Draft]:
    """Draft an answer in the model's own words. No evidence, no call; "NOT FOUND" is a draft without claims.

    Raises ModelError where the model cannot be reached or answers with something that is no text.
    """
    evidence = evidence[:EVIDENCE]
    if not evidence:
        yield Draft((), 0.0, name)
        return
    reply = ask_model(model, name, [
        ("system", prompts.fill("answer-system")),
        ("human", prompts.fill(
            "answer-user",
            question=query.text,
            asked=query.asked.isoformat(),
            evidence="\n\n".join(_keyed(n, hit) for n, hit in enumerate(evidence, 1)),
        )),
    ])  # fmt: skip
    claims = () if NOT_FOUND in reply.text else parse_draft(reply.text, evidence)
    confidence = WRITTEN_CONFIDENCE if claims else 0.0
    yield Writing(reply.text)
    yield from claims
    yield Draft(claims, confidence, name, incomplete=reply.cut_short, usage=reply.usage)


def _keyed(n: int, hit: Hit) -> str:
    article = hit.article
    source = ", ".join(str(part) for part in (article.outlet, article.published, article.title) if part)
    return f"[{n}] {source}\n<<<\n{hit.passage.text}\n>>>"
