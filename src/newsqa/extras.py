"""The packages of each optional extra, and how to install those that are missing."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from newsqa.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from newsqa.errors import NewsqaError

Extra = Literal["discord", "documents", "eval", "keyring", "slack", "write"]

_SERVED = {"aiohttp": "aiohttp", "prometheus_client": "prometheus-client", "structlog": "structlog"}
_WRITE = {"genai_prices": "genai-prices"}

PACKAGES: Mapping[Extra, Mapping[str, str]] = {
    "discord": {"discord": "discord.py", **_SERVED},
    "documents": {"pypdf": "pypdf", "striprtf": "striprtf", "warcio": "warcio"},
    "eval": {
        "ir_measures": "ir-measures",
        "jinja2": "jinja2",
        "scipy": "scipy",
        **_WRITE,
    },
    "keyring": {"keyring": "keyring"},
    "slack": {"slack_bolt": "slack-bolt", **_SERVED},
    "write": _WRITE,
}
"""The modules that each extra of pyproject.toml needs, with the package that each comes from."""


def missing_packages(extra: Extra) -> list[str]:
    """Return the packages of an extra that are not installed. None of them is imported."""
    return [package for module, package in PACKAGES[extra].items() if find_spec(module) is None]


def check_extra(extra: Extra, purpose: str, error: Callable[..., NewsqaError] = SettingsError) -> None:
    """Raise `error` if a package of an extra is not installed; `purpose` says in the message what it is for."""
    if missing := missing_packages(extra):
        raise error(
            f"Packages for {purpose} are not installed: {', '.join(missing)}.", hint=install_hint(f".[{extra}]")
        )


def install_hint(requirement: str) -> str:
    """Say how to install a package, or an extra of newsqa if it is written ".[extra]"."""
    if requirement.startswith(".["):
        return f"Install it, in the folder of newsqa's source: pip install '{requirement}'"
    return f"Install it: pip install {requirement}"
