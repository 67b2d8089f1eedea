"""Draft an answer with a chat model: it sees keyed evidence and writes plain text with keys, which `verify` checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.drafts import parse_draft
from newsqa.errors import ModelError
from newsqa.models.prices import Price
from newsqa.records import Draft, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

    from newsqa.prompts import Prompts
    from newsqa.records import Hit, Query

NOT_FOUND = "NOT FOUND"
EVIDENCE = 8
"""Passages that the model reads: about 1,700 words."""

WRITTEN_CONFIDENCE = 0.5
"""A written draft has no estimate of its own; the check is what counts."""


def write(query: Query, evidence: Sequence[Hit], model: BaseChatModel, prompts: Prompts, name: str) -> Draft:
    """Draft an answer in the model's own words. No evidence, no call; "NOT FOUND" is a draft without claims.

    Raises ModelError where the model cannot be reached or answers with something that is no text.
    """
    evidence = evidence[:EVIDENCE]
    if not evidence:
        return Draft((), 0.0, name)
    message = _invoke(model, name, [
        ("system", prompts.fill("answer-system")),
        ("human", prompts.fill(
            "answer-user",
            question=query.text,
            asked=query.asked.isoformat(),
            evidence="\n\n".join(_keyed(n, hit) for n, hit in enumerate(evidence, 1)),
        )),
    ])  # fmt: skip
    text = str(message.text).strip()
    claims = () if NOT_FOUND in text else parse_draft(text, evidence)
    usage = _usage(message, model, name)
    cut_short = message.response_metadata.get("finish_reason") == "length"
    return Draft(claims, WRITTEN_CONFIDENCE if claims else 0.0, name, incomplete=cut_short, usage=usage)


def _invoke(model: BaseChatModel, name: str, messages: list[tuple[str, str]]) -> AIMessage:
    try:
        return model.invoke(messages)
    except Exception as error:  # every client raises its own kinds; the type says enough, the text may echo a key
        raise ModelError(
            f"The model {name} did not answer ({type(error).__name__}).",
            hint="Check its address, its key and its name, or ask with the model “extractive”.",
            retryable=True,
        ) from error


def _keyed(n: int, hit: Hit) -> str:
    article = hit.article
    source = ", ".join(str(part) for part in (article.outlet, article.published, article.title) if part)
    return f"[{n}] {source}\n<<<\n{hit.passage.text}\n>>>"


def _usage(message: AIMessage, model: BaseChatModel, name: str) -> Usage:
    price = Price.of(name, model)
    counted = message.usage_metadata
    if not counted:
        return Usage(cost=0.0 if price.free else None)
    cached = counted.get("input_token_details", {}).get("cache_read", 0)
    read, written = counted["input_tokens"], counted["output_tokens"]
    return Usage(read, written, price.dollars(read, written, cached))
