"""Files, feeds and pages → articles as they were written.

    for found in scan(location):                # FileFound | Problem: stat only, sorted, never blocks
        for item in read_file(found):           # RawArticle | Problem: one bad file or line never stops the rest
            lines = countable_lines(item.text)  # counted by the library, for each outlet
    repeated = boilerplate(counts, articles)    # the lines of an outlet that are not anyone's news
    text = clean(item.text, repeated)           # "" where nothing of the article is left: report it, don't store it
    language_of(text)                           # "en", "de", … or None

`clean` and `boilerplate` are pure. What `clean` returns is whole lines of its input, in order, unchanged.
Only a source that cannot be used at all raises (SourceError); everything inside it becomes a Problem.
"""

from __future__ import annotations

from newsqa.reading.cleaning import boilerplate, clean, countable_lines
from newsqa.reading.files import scan
from newsqa.reading.formats import read_file
from newsqa.reading.language import language_of
from newsqa.reading.records import FileFound, Kind, Problem, RawArticle

__all__ = [
    "FileFound",
    "Kind",
    "Problem",
    "RawArticle",
    "boilerplate",
    "clean",
    "countable_lines",
    "language_of",
    "read_file",
    "scan",
]
