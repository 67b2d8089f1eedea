"""Chat models by name, through LangChain's `init_chat_model`: "openai:NAME", "ollama:NAME" and what else it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from newsqa.settings import Settings

RETRIES = 1


def chat_model(settings: Settings) -> BaseChatModel:
    """Make the chat model that the settings name, with a time limit a call.

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

    try:
        return init_chat_model(model, model_provider=provider, timeout=settings.timeout, max_retries=RETRIES)
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
