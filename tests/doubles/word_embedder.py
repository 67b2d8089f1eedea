"""An embedder that needs no model: a text's vector counts its words. Run as a script, it indexes a source with it."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

from langchain_core.embeddings import Embeddings

from newsqa.errors import NewsqaError
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings

WIDTH = 48


class WordEmbedder(Embeddings):
    """Texts that share words are near. `embedded` counts the texts that passages were made from."""

    def __init__(self, name: str = "words", width: int = WIDTH) -> None:
        self.name = name
        self.width = width
        self.embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        vector = [0.01] * self.width
        for word in text.lower().split():
            vector[zlib.crc32(word.strip(".,").encode()) % self.width] += 1.0
        return vector


def main() -> None:
    """Index argv[2] into argv[1], and write what came of it."""
    embedder = WordEmbedder()
    try:
        report = index_source(Settings(index=Path(sys.argv[1])), sys.argv[2], embedder=embedder)
    except NewsqaError as error:
        sys.exit(f"{type(error).__name__}: {error} {error.hint}")
    sys.stdout.write(f"{report}\n")


if __name__ == "__main__":
    main()
