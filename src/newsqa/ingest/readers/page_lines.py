"""The lines of a web page as a browser shows them, each with its element, and what the parts of the page are for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from newsqa.ingest.metadata import BLOCKS, UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterable

MIN_WORDS, MIN_CHARACTERS = 10, 50
"""Words and characters of a line that counts as running text, if it ends like a sentence and is not mostly links."""

MAX_SEARCHED = 500_000_000
"""Lines times characters of a text in which they are searched; in a page with more only whole lines are compared."""

_SPACE = re.compile(r"[ \t\n\r\f]+")
_ENDS_SENTENCE = re.compile(r"[.!?…:。！？][)\]}”’»«›\"'*_\s\d]*\Z")
_UNSPACED = re.compile("[぀-ヿ㐀-鿿가-힯฀-๿]")

_AROUND = re.compile(
    r"comment(?!ary)|disqus|kommentar(?:e|bereich|liste)|sidebar|side-?bar|(?:^|[\s_-])side(?:$|[\s_-])|rail(?:$|[\s_-])|related|"
    r"recommend|recirc|outbrain|taboola|popular|trending|latest|most-?(?:read|viewed|shared)|more-(?:on|from|stories)|"
    r"also-?(?:like|read)|read-?(?:more|next|also)|up-?next|newsletter|subscri|sign-?up|social|share|sharing|footer|"
    r"navbar|navigation|(?:^|[\s_-])nav(?:$|[\s_-])|menu|breadcrumb|cookie|consent|gdpr|banner|promo|sponsor|advert|"
    r"(?:^|[\s_-])ads?(?:$|[\s_-])|widget|pagination|pager|tag-?(?:list|cloud)|(?:^|[\s_-])tags(?:$|[\s_-])|teaser-?(?:list|box)|"
    r"author-?(?:bio|box|info|card)|about-?(?:the-)?author|masthead|login|paywall|modal|popup|overlay|"
    r"embed(?:ded)?(?:$|[\s_-])|tweet|instagram|weather|wetter|archive-?list",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"caption|(?:image|img|photo|picture|foto|bild|media|video)[_-]?(?:credit|text|info|desc|legend|source|copyright|"
    r"quelle|rechte)|credits?(?:$|[\s_-])|bildunterschrift|bildnachweis|legende|copyright",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"newsletter|subscri|sign-?up|cookie|consent|gdpr|related|recommend|recirc|outbrain|taboola|promo|advert|disqus|"
    r"comment(?!ary)|kommentar(?:e|bereich|liste)|read-?(?:more|next|also)|share-?(?:bar|button|tools|this)|paywall|"
    r"author-?(?:bio|box)|sponsor|most-?(?:read|popular)|weiterlesen|lesen-?sie|lire-?aussi|lee-?tambien",
    re.IGNORECASE,
)
"""Names of parts that are never text of the article, even where a program takes them for it."""
_COMMENT = re.compile(r"comment(?!ary)|disqus|kommentar(?:e|bereich|liste)", re.IGNORECASE)
_UNSEEN = UNSEEN - {"form"}  # whole pages are one form; a form with little text counts as around the article
_AROUND_TAGS = frozenset({"aside", "footer", "nav", "menu", "dialog", "form", "button"})
_CAPTION_TAGS = frozenset({"figcaption", "figure"})


@dataclass(slots=True)
class PageLine:
    """A line of a page: its text, the block that it is in, and how many of its characters are in links."""

    text: str
    block: Any
    linked: int = 0
    heading: bool = False

    @property
    def is_running(self) -> bool:
        """Whether the line reads like a part of running text."""
        if self.heading or self.linked > 0.6 * len(self.text):
            return False
        if len(self.text) < MIN_CHARACTERS or len(self.text.split()) < MIN_WORDS:
            return len(self.text) >= MIN_CHARACTERS // 2 and _UNSPACED.search(self.text) is not None
        return _ENDS_SENTENCE.search(self.text[-30:]) is not None


@dataclass
class PageLines:
    """The lines of a page, and which of its parts surround the article."""

    all: list[PageLine]
    tree: Any = None
    running: list[PageLine] = field(default_factory=list)
    _attributes: list[Any] | None = None
    _by_value: dict[str, list[int]] = field(default_factory=dict)
    _weights: dict[Any, int] = field(default_factory=dict)
    _zones: dict[Any, str] = field(default_factory=dict)
    _places: dict[Any, int] = field(default_factory=dict)

    def marked(self, pattern: re.Pattern[str]) -> list[Any]:
        """Return the elements whose class, rel, itemprop or the like matches a pattern, in document order."""
        if self._attributes is None:
            self._attributes = self.tree.xpath("//@class|//@rel|//@itemprop|//@property|//@pubdate")
            for n, value in enumerate(self._attributes):
                self._by_value.setdefault(value, []).append(n)
        found = [places for value, places in self._by_value.items() if pattern.search(value)]
        return list(dict.fromkeys(self._attributes[n].getparent() for n in sorted(chain.from_iterable(found))))

    def weight(self, element: Any) -> int:
        """Return how many characters of running text an element holds."""
        return self._weights.get(element, 0)

    @property
    def total(self) -> int:
        """How many characters of running text the page has."""
        return sum(len(line.text) for line in self.running)

    def zone(self, element: Any) -> str:
        """Return what an element is part of.

        That is "" for the article or unknown, "around" if its name is of what surrounds articles, "boilerplate" if it
        can be nothing else, or a "caption". A name such as "sidebar" on an element with most of the page's running text
        says nothing.
        """
        chain = []
        current = element
        while current is not None and current not in self._zones:
            chain.append(current)
            current = current.getparent()
        zone = self._zones[current] if current is not None else ""
        for one in reversed(chain):
            zone = zone or self._own_zone(one)
            self._zones[one] = zone
        return zone

    def _own_zone(self, element: Any) -> str:
        tag = element.tag
        if not isinstance(tag, str) or tag in {"html", "body", "main", "article", "h1"}:
            return ""
        names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
        shown = tag == "p" and self.weight(element) > 0  # some pages name the paragraphs of an article "paywall"
        around = tag in _AROUND_TAGS or (_AROUND.search(names) and not shown)
        if not around and (tag in _CAPTION_TAGS or _CAPTION.search(names)):
            return "caption" if self.weight(element) < 0.3 * self.total or tag == "figcaption" else ""
        if around and _COMMENT.search(names) and element not in self._titled:
            return "boilerplate" if self.weight(element) < 0.8 * self.total or not self.total else ""
        if not around or self.holds_most(element):
            return ""
        return "boilerplate" if _BOILERPLATE.search(names) and self.weight(element) < 0.25 * self.total else "around"

    @cached_property
    def body(self) -> list[int]:
        """The places of the running lines that are not around the article."""
        places = {id(line): n for n, line in enumerate(self.all)}
        return [places[id(line)] for line in self.running if not self.zone(line.block)]

    def title_place(self, title: str | None) -> int | None:
        """Return the place of the title in the page: of a heading with its words, else a line, else the only h1."""
        wanted = " ".join((title or "").casefold().split())
        same = [n for n, line in enumerate(self.all) if wanted and line.text.casefold() == wanted]
        marked = [n for n in same if self.all[n].heading]
        first = [n for n, line in enumerate(self.all) if line.heading and line.block.tag == "h1"]
        return next(iter([*marked, *same, *(first if len(first) == 1 else [])]), None)

    def end_place(self, title: str | None) -> int:
        """Return the place of the heading of a second article that follows in the same page, else of the last line."""
        top = self.title_place(title)
        own = _article_of(self.all[top].block) if top is not None else None
        if own is not None and top is not None:
            for n in range(top + 1, len(self.all)):
                line = self.all[n]
                if line.heading and line.block.tag == "h1" and _article_of(line.block) not in {None, own}:
                    return n
        return len(self.all)

    def body_place(self) -> int:
        """Return the place of the first line of running text."""
        return self.body[0] if self.body else 0

    def last_place(self) -> int:
        """Return the place of the last line of running text."""
        return self.body[-1] if self.body else len(self.all)

    def place(self, element: Any) -> int:
        """Return the place of the first line of an element, or of the block that it is in; -1 if it has none."""
        if not self._places:
            for n, line in enumerate(self.all):
                self._places.setdefault(line.block, n)
        for one in (*element.iter(), *element.iterancestors()):
            if one in self._places:
                return self._places[one]
        return -1

    @cached_property
    def _titled(self) -> set[Any]:
        """The elements that hold a heading of the first level, so that they are no comments."""
        headings = [line.block for line in self.all if line.heading and line.block.tag == "h1"]
        return {one for block in headings[:3] for one in block.iterancestors()}

    def link_lists(self) -> list[Any]:
        """Return the outermost parts around the article that hold nothing but links, such as menus."""
        sizes: dict[Any, list[int]] = {}
        for line in self.all:
            element = line.block
            while element is not None and self._weights.get(element, 0) == 0:
                counted = sizes.setdefault(element, [0, 0, 0])
                counted[0] += 1
                counted[1] += len(line.text)
                counted[2] += line.linked
                element = element.getparent()
        lists = {one for one, (n, size, linked) in sizes.items() if n > 3 and linked > 0.8 * size}
        return [one for one in lists if one.getparent() not in lists and self.zone(one) in {"around", "boilerplate"}]

    def holds_most(self, element: Any) -> bool:
        """Return True if an element holds so much of the page's running text that it cannot be beside the article."""
        return self.weight(element) > max(0.4 * self.total, 200)


def read_lines(tree: Any) -> PageLines:
    """Return the visible lines of a tree, one per block, with white space as a browser shows it."""
    lines = PageLines(_walk(tree), tree)
    lines.running = [line for line in lines.all if line.is_running]
    for line in lines.running:
        _add_weight(lines, line)
    return lines


def _add_weight(lines: PageLines, line: PageLine) -> None:
    element = line.block
    while element is not None:
        lines._weights[element] = lines._weights.get(element, 0) + len(line.text)  # noqa: SLF001 - made here
        element = element.getparent()


def _walk(tree: Any) -> list[PageLine]:
    from lxml import etree

    found: list[PageLine] = []
    parts: list[str] = []
    blocks: list[Any] = []
    linked = links = unseen = 0

    def end_line() -> None:
        nonlocal linked
        if not parts:
            return
        if text := _SPACE.sub(" ", "".join(parts)).strip():
            block = blocks[-1] if blocks else tree
            found.append(PageLine(text, block, min(linked, len(text)), heading_level(block) != ""))
        parts.clear()
        linked = 0

    blocks_of_text, never_seen = BLOCKS, _UNSEEN
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        starts = event == "start"
        if tag in blocks_of_text:
            end_line()
            if starts:
                blocks.append(element)
            else:
                blocks.pop()
        elif tag == "a":
            links += 1 if starts else -1
        if tag in never_seen:
            unseen += 1 if starts else -1
        text = element.text if starts else element.tail
        if text and not unseen:
            parts.append(text)
            if links:
                linked += len(text)
    end_line()
    return found


def _article_of(element: Any) -> Any:
    return next((one for one in element.iterancestors() if one.tag == "article"), None)


def heading_level(block: Any) -> str:
    """Return the tag of the heading that a block is in, "" if it is in none."""
    while block.tag in {"br", "span"} and block.getparent() is not None:
        block = block.getparent()
    return str(block.tag) if block.tag in {"h1", "h2", "h3", "h4", "h5", "h6"} else ""


def squeeze(text: str) -> str:
    """Return a text without white space, as two forms of one line are compared."""
    return "".join(text.split())


def count_held(parts: list[str], texts: Iterable[str]) -> int:
    """Return how many characters of squeezed parts are in texts, as whole lines or within them."""
    lines = [squeeze(text) for text in texts]
    whole, run = set(lines), "\n".join(lines)
    searched = len(parts) * len(run) < MAX_SEARCHED
    return sum(len(part) for part in parts if part in whole or (searched and part in run))


def size(texts: Iterable[str]) -> int:
    """Return how many characters texts have without white space."""
    return sum(len(squeeze(text)) for text in texts)
