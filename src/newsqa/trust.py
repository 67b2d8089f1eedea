"""Sends keys of the environment to addresses from `.env` only if a person agreed.

A key and an address that both come from `.env` belong together, and an address that is set in the environment may get
any key. But a `.env` that came with somebody else's folder must not send a person's keys elsewhere.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from newsqa.environment import ENVIRONMENT, from_dotenv, loaded, origin, variable
from newsqa.errors import SettingsError
from newsqa.private_files import read_list, write_list
from newsqa.settings import data_folder

CREDENTIALS = {
    "OPENAI_BASE_URL": ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_CUSTOM_HEADERS"),
    "ANTHROPIC_BASE_URL": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS"),
    "OLLAMA_HOST": ("OLLAMA_API_KEY",),
    "NEWSQA_CHROMA": ("CHROMA_CLIENT_AUTH_CREDENTIALS", "CHROMA_SERVER_HEADERS"),
    "NEWSQA_SLACK_API_URL": ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
    "NEWSQA_DISCORD_API_URL": ("DISCORD_BOT_TOKEN",),
    "NEWSQA_DISCORD_GATEWAY_URL": ("DISCORD_BOT_TOKEN",),
}
"""The variables of addresses, and the variables whose values clients send there."""

FILE = "trusted.json"


@dataclass(slots=True)
class _Trust:
    everything: bool = False


_trust = _Trust()


@dataclass(frozen=True, slots=True)
class Untrusted:
    """An address from `.env`, by its variable and origin, and the variables of the environment that would go there."""

    address: str
    place: str
    credentials: tuple[str, ...]
    folder: str

    def __str__(self) -> str:
        """Say what would be sent, and where."""
        sent = " and ".join(f"{name} of {origin(name) or ENVIRONMENT}" for name in self.credentials)
        return f"{self.address} comes from {self.folder}/.env, and {sent} would go to {self.place}."

    @property
    def hint(self) -> str:
        """Say what to do."""
        return (
            f"If you trust that address, run newsqa --trust-env …, or set {self.address} in the environment. A key "
            "that only .env sets is sent there, too."
        )


def trust_everything(trusted: bool) -> None:  # noqa: FBT001  as the option gives it
    """Send keys of the environment to addresses from `.env`, or not, for the rest of this process."""
    _trust.everything = trusted


def find_untrusted(address: str) -> Untrusted | None:
    """Return what would be sent to the address in a variable without consent; None if nothing would."""
    if _trust.everything or not from_dotenv(address):
        return None
    credentials = tuple(name for name in CREDENTIALS[address] if _is_own(name))
    if not credentials:
        return None
    found = Untrusted(address, _origin(variable(address)), credentials, str(loaded()[0].path.parent))
    return None if _entry(found) in read_list(data_folder() / FILE) else found


def refuse_untrusted(address: str) -> None:
    """Raise SettingsError if a key of the environment would go to an address that only `.env` gives."""
    if found := find_untrusted(address):
        raise SettingsError(str(found), hint=found.hint)


def trust(found: Untrusted) -> None:
    """Store that a person agreed, for this folder and this address. Raises OSError."""
    write_list(data_folder() / FILE, [*read_list(data_folder() / FILE), _entry(found)])


def _is_own(name: str) -> bool:
    """Return True if a credential comes from elsewhere than `.env`; some clients take a variable's name in any case."""
    environ = any(key.upper() == name and value.strip() for key, value in os.environ.items())
    return environ or (bool(origin(name)) and name not in os.environ and not from_dotenv(name))


def _origin(address: str) -> str:
    """Return scheme, host and port of an address, without user and password."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
    except ValueError:
        return "an address that is none"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _entry(found: Untrusted) -> dict[str, str]:
    return {"folder": found.folder, "variable": found.address, "address": found.place}
