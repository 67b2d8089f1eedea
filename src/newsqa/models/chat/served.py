"""What a model's client can tell: the names that its server knows, and its keys, to keep them out of what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

SECONDS = 3.0
MOST = 12


def names_served(model: BaseChatModel) -> tuple[str, ...]:
    """Return the names of up to twelve models that the server has; () where it does not say within three seconds."""
    from newsqa.models.chat.redaction import shown  # noqa: PLC0415

    try:
        names = [shown(name) for name in _asked(model)]
    except Exception:  # it was only to be helpful
        return ()
    return (*sorted(names)[:MOST], *(["…"] if len(names) > MOST else []))


def keys_of(model: BaseChatModel) -> tuple[str, ...]:
    """Return the keys that a model holds."""
    from pydantic import SecretStr  # noqa: PLC0415

    held = [value.get_secret_value() for _, value in model if isinstance(value, SecretStr)]
    return tuple(key for key in held if len(key) > 5)


def _asked(model: BaseChatModel) -> list[str]:
    client: Any = getattr(model, "root_client", None)
    if client is not None:  # OpenAI's protocol
        listed = client.with_options(timeout=SECONDS, max_retries=0).models.list()
        return [str(entry.id) for entry in listed.data]
    base, local = getattr(model, "base_url", None), getattr(model, "_client", None)
    if type(local).__module__.startswith("ollama"):
        from ollama import Client  # noqa: PLC0415

        auth = (getattr(model, "client_kwargs", None) or {}).get("auth")
        with Client(base, timeout=SECONDS, auth=auth) as asked:
            return [str(entry.model) for entry in asked.list().models]
    return []
