"""Loads the prompts: Markdown files that people edit, with `$placeholders` that are checked when they are loaded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from newsqa.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable


PLACEHOLDERS = {
    "answer-system": frozenset({"task"}),
    "answer-direct": frozenset[str](),
    "answer-list": frozenset[str](),
    "answer-story": frozenset[str](),
    "answer-user": frozenset({"question", "asked", "evidence"}),
    "answer-small-system": frozenset[str](),
    "answer-small-user": frozenset({"question", "evidence"}),
    "draft-question": frozenset({"passage", "source"}),
    "judge-correctness": frozenset({"question", "accepted", "answer"}),
    "rephrase-question": frozenset({"turns", "question"}),
    "judge-sentences": frozenset({"sentences"}),
    "second-chance": frozenset({"sentences"}),
}
_DECIDING = ("answer-", "rephrase-", "judge-sentences", "second-chance")
"""Prefixes of the prompts that decide what is answered; the others are for evaluation."""

_INSTALLED = Path(__file__).parent / "_prompts"
_CHECKOUT = Path(__file__).parents[2] / "prompts"


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts by name; `digest` is of the text of those that decide an answer."""

    templates: dict[str, Template]
    digest: str

    def digest_of(self, *names: str) -> str:
        """Return a digest of the text of some prompts."""
        return _digest(self.templates[name].template for name in names)

    def fill(self, name: str, **values: str) -> str:
        """Return a prompt with values in place of its placeholders. A `$` or a brace in a value means nothing."""
        return self.templates[name].substitute(values)


def load_prompts(folder: Path | None = None) -> Prompts:
    """Load the prompts from a folder; those that it lacks, or all without a folder, are the ones of newsqa.

    Raises SettingsError, naming the file, if one cannot be read or its placeholders are not those that newsqa fills.
    """
    if folder is not None and not folder.is_dir():
        raise SettingsError(f"NEWSQA_PROMPTS names {folder}, which is no folder.", hint="Name a folder of .md files.")
    texts = {name: _read(name, folder) for name in PLACEHOLDERS}
    digest = _digest(text for name, text in texts.items() if name.startswith(_DECIDING))
    return Prompts({name: Template(text) for name, text in texts.items()}, digest)


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _read(name: str, folder: Path | None) -> str:
    own = [folder / f"{name}.md"] if folder else []
    places = [*own, _INSTALLED / f"{name}.md", _CHECKOUT / f"{name}.md"]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise SettingsError(f"The prompt {name}.md is missing.", hint="Install newsqa again, with its prompts.")
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The prompt {path} cannot be read: {error}", hint="Save it as UTF-8 text.") from error
    _check(path, Template(text), PLACEHOLDERS[name])
    return text


def _check(path: Path, template: Template, wanted: frozenset[str]) -> None:
    if not template.is_valid():
        raise SettingsError(f"The prompt {path} has a stray “$”.", hint="Write “$$” for a dollar sign.")
    found = set(template.get_identifiers())
    wrong = [f"misses ${name}" for name in sorted(wanted - found)] + [
        f"has an unknown ${n}" for n in sorted(found - wanted)
    ]
    if wrong:
        raise SettingsError(
            f"The prompt {path} {' and '.join(wrong)}.", hint="newsqa's own prompts show what is filled in."
        )
