"""The vector index: Chroma, made from the library's vectors and never trusted more than the library.

    chroma.py    the only importer of chromadb: a collection, embedded or on a server
    mark.py      what is known of the store without opening it: whole or not, and what its files look like
    writer.py    brings the store up to the library (the one indexing process)
    reader.py    finds the nearest passages (any process)

An embedded store that was killed at the wrong write cannot be opened again, and one with a damaged file can take the
process with it. So a store is opened only where its mark says that it is whole and its files are as they were then.
Readers open a copy of its small SQLite file with links to its other files, since Chroma writes into it when it is
merely opened: nobody but the indexing process ever changes the store.
"""

from __future__ import annotations

from newsqa.vectors.mark import collection_name
from newsqa.vectors.reader import VectorReader
from newsqa.vectors.writer import VectorWriter

__all__ = ["VectorReader", "VectorWriter", "collection_name"]
