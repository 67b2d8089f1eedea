"""The tables of the library."""

from __future__ import annotations

VERSION = 1

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- `key` goes into the ids of articles that have no address, and outlives a new name.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, location TEXT NOT NULL UNIQUE,
    folder INTEGER NOT NULL
);

-- A file is whole when its digest is known; one that was interrupted is read again.
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    digest BLOB,
    problems TEXT NOT NULL DEFAULT '[]',
    UNIQUE (source, path)
);

-- `read_text` is the text as its file has it, NULL where all of its lines are in `text`.
-- The rows are wide: what every question counts is read from indexes alone.
-- `settled` is 0 until lines that its outlet repeats and copies of the story have been looked for.
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,
    address TEXT,
    title TEXT, outlet TEXT, outlet_key TEXT NOT NULL, byline TEXT, published TEXT, url TEXT, language TEXT,
    text TEXT NOT NULL,
    read_text TEXT,
    settled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX articles_by_address ON articles (address, digest) WHERE address IS NOT NULL;
CREATE INDEX articles_by_id ON articles (article_id, digest);
CREATE INDEX articles_by_outlet ON articles (outlet_key, published);
CREATE INDEX articles_outlets ON articles (outlet);
CREATE INDEX articles_bylines ON articles (byline);
CREATE INDEX articles_unsettled ON articles (id) WHERE settled = 0;

-- Where an article stands; it lives as long as it stands somewhere. `key` names the place when the file changes,
-- `place` is what a person sees of it ("#12").
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
    key TEXT NOT NULL,
    place TEXT NOT NULL,
    article INTEGER NOT NULL REFERENCES articles,
    UNIQUE (file, key)
);
CREATE INDEX places_by_article ON places (article);

-- Ids are never used twice, so that a stale vector cannot be taken for another passage's.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    embedded BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (article);
CREATE INDEX passages_by_embedded ON passages (embedded);

-- Keyed by the digest of the text that was embedded: nothing is embedded twice.
CREATE TABLE vectors (id INTEGER PRIMARY KEY AUTOINCREMENT, embedded BLOB NOT NULL UNIQUE, vector BLOB NOT NULL);

CREATE VIRTUAL TABLE words USING fts5 (
    title, text, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
);

-- Bands of an article's MinHash: articles that share one may be copies. `copies` holds the pairs that are.
CREATE TABLE bands (
    band INTEGER NOT NULL, article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (band, article)
) WITHOUT ROWID;
CREATE INDEX bands_by_article ON bands (article);
CREATE TABLE copies (
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (article, other)
) WITHOUT ROWID;

-- Lines that an outlet repeats, and that are therefore left out of its articles.
CREATE TABLE repeated (
    outlet_key TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (outlet_key, line)
) WITHOUT ROWID;
"""
