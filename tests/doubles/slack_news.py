"""Invented articles that a bot in Slack is asked about: plain ones, one that would ping everyone, a very long one."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scripted_model import Prompt

CHEESE = "Some 9,400 visitors came to the cheese festival in Ostby on Saturday, more than ever before."
PRIZE = "The first prize went to Runa Selbach for a blue cheese that she had kept in a mine for two years."
LAMP = "The lighthouse at Cape Ansell was switched off on Thursday night after 140 years of service."
KEEPER = "Its keeper, Joren Maddock, climbed the tower's 187 steps for the last time at nine in the evening."
PING = "The harbour notice at Wick read “<!channel> @everyone <@U1> come and see” in letters of red paint."
PINGS = "Wick | notice > calls ) <!channel>\n@everyone <@U1>"

_SYLLABLES = "ba den fur gel hau hof ken ler lun man mar nen ost quel rin sen stet tan vel wald wie zie".split()  # noqa: SIM905


def _stop(number: int) -> str:
    """Return a sentence of 1,000 characters, so that a few of them are a very long answer."""
    drawn = Random(number)
    places = ("".join(drawn.choices(_SYLLABLES, k=13)).capitalize() for _ in range(20))
    return f"Tramway stop {number} of the Grand Trunk serves {' and '.join(places)}."


STOPS = [_stop(number) for number in range(24)]

NEWS = [
    {
        "title": "Cheese festival in Ostby draws record crowd",
        "outlet": "Ostby Gazette",
        "published": "2025-05-10",
        "url": "https://ostby-gazette.example/cheese",
        "text": f"{CHEESE} {PRIZE}",
    },
    {
        "title": "Lighthouse at Cape Ansell goes dark after 140 years",
        "outlet": "Tarn Herald",
        "published": "2025-05-02",
        "url": "https://tarn-herald.example/lighthouse",
        "text": f"{LAMP} {KEEPER}",
    },
    {
        "title": PINGS,
        "outlet": "Tarn | Herald > <!here>",
        "published": "2025-05-12",
        "url": "https://tarn-herald.example/wick?a=1&b=2",
        "text": PING,
    },
]

TRAMWAY = [
    {
        "title": f"Stops of the Grand Trunk tramway, part {part}",
        "outlet": "Ostby Gazette",
        "published": "2025-05-14",
        "url": f"https://ostby-gazette.example/tram/{part}",
        "text": " ".join(STOPS[3 * part : 3 * part + 3]),
    }
    for part in range(8)
]


def make_index(folder: Path, articles: Sequence[dict[str, str]] = NEWS) -> Path:
    """Index articles with the models that come with newsqa."""
    source, index = folder / "news", folder / "index"
    source.mkdir()
    for number, article in enumerate(articles):
        (source / f"{number}.json").write_text(json.dumps(article), "utf-8")
    index_source(Settings(index=index), str(source))
    return index


def copied(*sentences: str) -> Callable[[Prompt], str]:
    """Return what lets a scripted model copy sentences, each with the key of the evidence that holds it."""

    def reply(prompt: Prompt) -> str:
        return " ".join(f"{sentence} [{prompt.key(sentence)}]" for sentence in sentences)

    return reply
