"""Chat models by name, through LangChain's `init_chat_model`: "openai:NAME", "ollama:NAME" and what else it knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsqa.errors import ModelError
from newsqa.models.chat.facts import ModelFacts, facts
from newsqa.models.prices import Price
from newsqa.records import Usage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

    from newsqa.settings import Settings

__all__ = ["ModelFacts", "Reply", "ask_model", "chat_model", "facts"]

RETRIES = 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote; `cut_short` tells that it ran into a limit of its length."""

    text: str
    usage: Usage
    cut_short: bool


def ask_model(model: BaseChatModel, name: str, messages: list[tuple[str, str]]) -> Reply:
    """Send messages, (role, text) each, and return the reply. Raises ModelError where the model does not answer."""
    try:
        message = model.invoke(messages)
    except Exception as error:  # every client raises its own kinds; the type says enough, the text may echo a key
        raise ModelError(
            f"The model {name} did not answer ({type(error).__name__}).",
            hint="Check its address, its key and its name, or ask with the model “extractive”.",
            retryable=True,
        ) from error
    cut_short = message.response_metadata.get("finish_reason") == "length"
    return Reply(str(message.text).strip(), _usage(message, model, name), cut_short)


def _usage(message: AIMessage, model: BaseChatModel, name: str) -> Usage:
    price = Price.of(name, model)
    counted = message.usage_metadata
    if not counted:
        return Usage(cost=0.0 if price.free else None)
    cached = counted.get("input_token_details", {}).get("cache_read", 0)
    read, written = counted["input_tokens"], counted["output_tokens"]
    return Usage(read, written, price.dollars(read, written, cached))


def chat_model(settings: Settings, temperature: float | None = None) -> BaseChatModel:
    """Make the chat model that the settings name, with a time limit a call; it is asked at its own temperature or this.

    `OPENAI_BASE_URL` points "openai:" at any server that speaks its protocol. Raises ModelError where the name is
    unknown, its package is missing, its key is missing, or where settings.offline forbids it.
    """
    name = settings.model
    provider, colon, model = name.partition(":")
    if not (colon and provider and model):
        raise ModelError(
            f"There is no model called “{name}”.",
            hint="Use “extractive”, “openai:NAME” or “ollama:NAME” (NEWSQA_MODEL).",
        )
    if settings.offline:
        raise ModelError(
            f"The model {name} may leave this machine, and NEWSQA_OFFLINE forbids that.",
            hint="Unset NEWSQA_OFFLINE, or use the model “extractive”.",
        )
    from langchain.chat_models import init_chat_model  # noqa: PLC0415  takes 0.6 s

    options: dict[str, Any] = {"timeout": settings.timeout, "max_retries": RETRIES}
    if temperature is not None:
        options["temperature"] = temperature
    try:
        made: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        raise ModelError(
            f"The model {name} needs a package that is not installed: {error.name or error}.",
            hint=f"Install it: pip install langchain-{provider}",
        ) from error
    except Exception as error:  # a provider's own kind for a missing key; its text may echo secrets
        raise ModelError(
            f"The model {name} could not be set up ({type(error).__name__}).",
            hint=f"Check that its key ({provider.upper()}_API_KEY) is set in the environment or in .env.",
        ) from error
    return made
