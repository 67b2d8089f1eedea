"""Files with invented reports, each in many versions, and what an index made of them by a word embedder holds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from word_embedder import WIDTH, WordEmbedder

from newsqa.store.inspection import find_faults
from newsqa.store.snapshot import open_index
from newsqa.types import NO_BOUNDS

if TYPE_CHECKING:
    from pathlib import Path

    from newsqa.settings import Settings


def write(folder: Path, number: int, version: int, sentences: int = 30) -> None:
    lines = [
        f"Report {number} says in version{version} that harbour basin {n} holds {n * number} boats."
        for n in range(sentences)
    ]
    (folder / f"{number:03}.txt").write_text(" ".join(lines))


def written(folder: Path) -> dict[str, str]:
    """Return what the files hold by the paths of their articles."""
    return {f"{folder.name}/{path.name}": path.read_text() for path in folder.iterdir()}


def indexed(settings: Settings) -> dict[str, str]:
    """The articles that are found by a word of theirs; each must be found once, and read whole."""
    with open_index(settings, "words") as opened, opened.snapshot() as snapshot:
        hits = snapshot.load_hits(snapshot.search_words(["harbour"], NO_BOUNDS, 10_000))
        near = snapshot.load_hits(snapshot.search_vectors(WordEmbedder().embed_query("harbour basin"), NO_BOUNDS, 50))
        faults = find_faults(snapshot.database, WIDTH)
        assert not [fault for fault in faults if fault.part in {"file", "articles", "passages"}]
    assert all(hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end] for hit in [*hits, *near])
    assert max(Counter(hit.passage.id for hit in hits).values(), default=1) == 1
    articles = {hit.article.id: hit.article for hit in hits}
    assert len({article.path for article in articles.values()}) == len(articles)
    return {article.path: article.text for article in articles.values()}
