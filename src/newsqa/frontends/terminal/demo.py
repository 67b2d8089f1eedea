"""`newsqa demo`: a chat over the sample articles that come with newsqa, which are indexed in the user's cache."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.environment import variable
from newsqa.errors import SourceError
from newsqa.frontends.terminal.chat import chat
from newsqa.frontends.terminal.index import IndexOptions, index_sources
from newsqa.private_files import private_folder

if TYPE_CHECKING:
    from newsqa.settings import Settings


PACKAGE = Path(__file__).parents[2]
SAMPLES = (PACKAGE / "_corpus", PACKAGE.parents[1] / "corpus")
"""The folder of the sample articles in an installed package, and in a checkout."""


def demo(settings: Settings) -> None:
    """Index the sample articles, unless they are indexed already, and open the chat over them.

    The index is in `newsqa/demo` of the user's cache (XDG_CACHE_HOME), whatever index and Chroma server the settings
    name. Raises NewsqaError if the articles are missing or the chat cannot be opened.
    """
    folder = demo_folder()
    settings = replace(settings, index=folder / "index", chroma="")
    index_sources(settings, [str(_copy_samples(folder / "samples"))], IndexOptions(), as_json=False)
    chat(settings, resume=False)


def demo_folder() -> Path:
    """Return the folder of the demo in the user's cache."""
    cache = Path(variable("XDG_CACHE_HOME"))
    return (cache if cache.is_absolute() else Path.home() / ".cache") / "newsqa" / "demo"


def _copy_samples(target: Path) -> Path:
    """Copy the sample articles into a folder, so that the index names one place however newsqa is installed."""
    articles = next((folder for folder in SAMPLES if folder.is_dir()), None)
    if articles is None:
        raise SourceError(
            "The sample articles are missing.", hint="Install newsqa again from its source: pip install ."
        )
    try:
        private_folder(target.parent)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(articles, target)  # with the times of the files: what is unchanged is not read again
    except OSError as error:
        raise SourceError(
            f"The sample articles cannot be copied to {target}: {error}", hint="Set XDG_CACHE_HOME to another folder."
        ) from error
    return target
