"""HTML fragments as lines of text: what a block holds is a line, in the words of the page."""

from __future__ import annotations

import re


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BLOCKS = _tags(
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer h1 h2 h3 "
    "h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_INLINE = _tags("a abbr b cite code em font i img mark q s small span strong sub sup time u")
_UNSEEN = _tags("script style noscript template iframe svg math form button select textarea object video audio head")
_ANY_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _INLINE))})\b[^<>]{{0,500}}>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})\b[^<>]{{0,500}}>", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")


def looks_like_markup(text: str) -> bool:
    """Tell whether a text is HTML rather than plain: it holds a tag that closes, or one that breaks lines."""
    return "<" in text and _ANY_TAG.search(text) is not None


def text_of_markup(markup: str) -> str:
    """Return the words of an HTML fragment, each block a line, blocks apart by an empty line.

    Where nothing but inline tags stand in it, its own lines stay as they are.
    """
    if _BLOCK_TAG.search(markup):
        return "\n\n".join(_fragment_lines(markup))
    return "\n".join(" ".join(_fragment_lines(line)) for line in markup.splitlines())


def _fragment_lines(markup: str) -> list[str]:
    from lxml import etree, html  # noqa: PLC0415

    if not markup.strip():
        return []
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        return lines_of(html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser))
    except (etree.LxmlError, ValueError):
        return []


def lines_of(tree: object) -> list[str]:
    """Return the visible words of a tree, a line for each block; white space is as a browser shows it."""
    from lxml import etree  # noqa: PLC0415

    parts: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            unseen += tag in _UNSEEN
            if tag in _BLOCKS:
                parts.append("\n\n")
            parts += _words(element.text, unseen)
            continue
        if event == "end":
            unseen -= tag in _UNSEEN
            if tag in _BLOCKS:
                parts.append("\n\n")
        parts += _words(element.tail, unseen)
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(parts).split("\n\n"))
    return [line for line in lines if line]


def _words(text: str | None, unseen: int) -> list[str]:
    return [_SPACE.sub(" ", text)] if text and not unseen else []
