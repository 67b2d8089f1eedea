"""Reads plain text, Markdown and PDF: files of one article, or a bundle of many that a news database exported."""

from __future__ import annotations

import io
import logging
import re
from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.extras import install_hint
from newsqa.ingest.files import MAX_TEXT, Item, Problem, decode, read_all
from newsqa.ingest.metadata import TITLE, build_article, read_article
from newsqa.ingest.readers.budget import PAGE_EARNED, earn
from newsqa.ingest.readers.bundles import split_bundle
from newsqa.ingest.readers.tables import field_of

if TYPE_CHECKING:
    from collections.abc import Iterator


MAX_FRONT_MATTER = 64 * 1024

_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]{1,200}\|)?([^\[\]|]{1,200})\]\]")
_MD_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\s]{1,2000}(?: \"[^\"\n]{0,300}\")?\)")
_MD_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\((?:https?:/|mailto:|/|#)[^()\s]{0,2000}(?: \"[^\"\n]{0,300}\")?\)")
_MD_QUOTATION = re.compile(r"^>(?:> ?)* ?", re.MULTILINE)
_MD_TEMPLATE = re.compile(r"^[ \t]*(?:\{\{[<%].*[>%]\}\}|\{%.*%\})[ \t]*$", re.MULTILINE)
_FRONT = re.compile(
    r"(?P<mark>---|\+\+\+)[ \t]*\r?\n(?P<matter>.*?\r?\n|)(?:(?P=mark)|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_LABEL = re.compile(r"(?P<label>[^\W\d_][\w -]{1,30}):[ \t]+(?P<value>\S[^\r\n]{0,300})(?:\r?\n|\Z)")
_LABELLED = re.compile(rf"(?:{_LABEL.pattern.replace('?P<label>', '?:').replace('?P<value>', '?:')}){{2,12}}\s*\n")
"""Lines that each say a label and a value, above an article: "HEADLINE: Ferry is back"."""


def read_text(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the one article of a text file, or those of a bundle."""
    text = decode(read_all(stream))
    head = _LABELLED.match(text)
    fields = {field_of(one["label"]): one["value"] for one in _LABEL.finditer(head[0])} if head else {}
    if head and not {*TITLE, "headlines"}.isdisjoint(fields) and len(fields.keys() - {""}) > 1:
        yield build_article(fields, "txt", file_name=file_name, text=text[head.end() :])
    else:
        yield from text_articles(text, "txt", file_name)


def text_articles(text: str, kind: str, file_name: str) -> Iterator[Item]:
    """Yield the one article of a text, or if a news database exported it, each of its articles."""
    articles = split_bundle(text)
    if articles is None:
        yield build_article({}, kind, file_name=file_name, text=text)
        return
    for n, fields in enumerate(articles, 1):
        yield read_article(fields, kind, f"#{n}")


def read_markdown(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the one article of a markdown file, with what its front matter, YAML or TOML, says of it."""
    text = decode(read_all(stream))
    match = _FRONT.match(text, 0, MAX_FRONT_MATTER)
    if not match:
        yield build_article({}, "md", file_name=file_name, text=_unmarked(text))
        return
    matter = _toml(match["matter"]) if match["mark"] == "+++" else _front_matter(match["matter"])
    if matter is None:
        kind = "TOML" if match["mark"] == "+++" else "YAML"
        why = f"its front matter is no valid {kind}, so what it says is not known"
        yield Problem("", why, "Put quotes around it.", read=True)
    yield build_article(_clipped(matter or {}), "md", file_name=file_name, text=_unmarked(text[match.end() :]))


def _unmarked(text: str) -> str:
    """Return Markdown without images, addresses of links, marks of quotations and lines for templates of a site."""
    return _MD_QUOTATION.sub("", _MD_LINK.sub(r"\1", _MD_IMAGE.sub("", _MD_TEMPLATE.sub("", text))))


def _toml(matter: str) -> dict[str, Any] | None:
    import tomllib

    try:
        return tomllib.loads(matter.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None


def _front_matter(matter: str) -> dict[str, Any] | None:
    import yaml

    try:
        # this loader makes everything text: a title stays as it is written, even 1984 or "no"
        fields = yaml.load(matter, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if fields is None or fields == "":
        return {}
    return fields if isinstance(fields, dict) else None


def _clipped(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the front matter of a clipping of Obsidian with usual names: its `source` is the page's address."""
    source = fields.get("source")
    people: Any = next((fields[name] for name in ("author", "authors") if fields.get(name)), [])
    names = [name for name in (people if isinstance(people, list) else [people]) if isinstance(name, str)]
    if isinstance(source, str) and "://" in source and not fields.get("url"):
        fields = {**{name: value for name, value in fields.items() if name != "source"}, "url": source}
    if not any("[[" in name for name in names):
        return fields
    others = {name: value for name, value in fields.items() if name != "author"}
    return {**others, "authors": [_WIKI_LINK.sub(r"\1", name) for name in names]}


# PDF files need the optional extra `documents`.

MAX_PAGES = 2_000
EXTRA = install_hint(".[documents]")

_BROKEN_WORD = re.compile(r"\b(?P<head>[^\W\d_]{2,40})-\n(?P<tail>[^\W\d_]{2,40})\b")
_HYPHENED = re.compile(r"\b[^\W\d_]{1,40}-[^\W\d_]{1,40}\b")


def read_pdf(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the one article of a PDF: the lines of its pages, with words joined that a line's end broke."""
    try:
        import pypdf
    except ImportError as error:
        raise SourceError("reading PDF needs the package pypdf", hint=EXTRA) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every flaw
    data = read_all(stream)
    try:
        text = _pages(pypdf.PdfReader(io.BytesIO(data)))
    except (SourceError, MemoryError):
        raise
    except Exception as error:  # a broken file may raise anything
        raise SourceError("it is no PDF that can be read") from error
    if not text.strip():
        raise SourceError("it holds no text, only pictures of it", hint="Run it through text recognition (OCR) first.")
    yield from text_articles(join_broken_words(text), "pdf", file_name)


def join_broken_words(text: str) -> str:
    """Join words broken at a line's end; a word that is hyphenated elsewhere in the text keeps its hyphen."""
    whole = frozenset(_HYPHENED.findall(text))

    def word(match: re.Match[str]) -> str:
        hyphened = f"{match['head']}-{match['tail']}"
        keeps = hyphened in whole or match["tail"][0].isupper()
        return hyphened if keeps else match["head"] + match["tail"]

    return _BROKEN_WORD.sub(word, text)


def _pages(reader: Any) -> str:
    if reader.is_encrypted and not reader.decrypt(""):
        raise SourceError("it is locked with a password", hint="Save it without one.")
    if len(reader.pages) > MAX_PAGES:
        raise SourceError(f"it has more than {MAX_PAGES} pages", hint="Split it.")
    texts: dict[str, str] = {}
    pages, size = [], 0
    for page in reader.pages:
        # pages may share what they show: a small file would be read a thousand times
        contents = str(page.raw_get("/Contents")) if "/Contents" in page else ""
        if contents not in texts:
            texts[contents] = page.extract_text()
        pages.append(texts[contents])
        size += len(pages[-1])
        earn(PAGE_EARNED)
        if size > MAX_TEXT:
            raise SourceError(f"its text is longer than {MAX_TEXT // 10**6} million characters", hint="Split it.")
    return "\n".join(pages)
