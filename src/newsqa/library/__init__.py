"""The library: one SQLite file that is the truth about articles, passages, vectors, words and copies.

    database.py   opens the file, checks its version, turns SQLite's errors into LibraryError
    schema.py     the tables
    writer.py     what the one indexing process changes
    reader.py     what a question reads, in one transaction

Every transaction that changes what a reader may see is a generation: it moves a counter, and a reader that holds a
transaction sees the generation it began with, whole, whatever is written meanwhile.
"""
