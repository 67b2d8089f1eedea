"""Decodes and parses a web page, and removes from it what a reader of the page does not see."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.ingest.files import decode, is_mostly_utf8
from newsqa.ingest.metadata import parse_fragment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.ingest.readers.page_lines import PageLines

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{3,40})", re.IGNORECASE)
_WEB_NAMES = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "big5": "big5hkscs", "x-sjis": "cp932", "tis-620": "cp874", "iso-8859-11": "cp874",
}  # fmt: skip
"""Encodings that browsers read instead of those that a page names (WHATWG Encoding)."""
_MAX_STRAY = 200  # of so many bytes one may be stray in a page of UTF-8


def decode_page(data: bytes) -> tuple[str, int]:
    """Return the text of a page, and how many of its bytes are no text in its encoding.

    A byte of Windows-1252 in a page of UTF-8 is read as what it is; any other stray byte becomes U+FFFD.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode(data), 0
    try:
        return data.decode("utf-8-sig"), 0
    except UnicodeDecodeError:
        pass
    name = _declared(data)
    if name not in {"", "utf-8", "utf8"}:
        try:
            return data.decode(name), 0
        except (UnicodeDecodeError, LookupError):
            pass
    text = data.decode("utf-8-sig", "newsqa.stray")
    stray = text.count("\ufffd")
    if stray <= max(3, len(data) // _MAX_STRAY) and (name in {"utf-8", "utf8"} or is_mostly_utf8(data)):
        return text, stray
    return decode(data), 0


def _declared(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    name = found[1].decode("ascii", "ignore").lower() if found else ""
    return _WEB_NAMES.get(name, name)


def _read_stray(error: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8: a single byte as Windows-1252, anything else as U+FFFD (an error handler of codecs)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", "replace") if len(stray) == 1 else "\ufffd", error.end


codecs.register_error("newsqa.stray", _read_stray)


def parse_page(markup: str) -> Any:
    """Return the tree of a page, mended as trafilatura does. Raises SourceError if there is none."""
    from trafilatura import load_html

    markup = markup.replace("\x00", "")
    if "<html" in markup[:4096].lower() and (tree := load_html(markup)) is not None and tree.find("body") is not None:
        return tree
    tree = parse_fragment(markup)
    if tree is None:
        raise SourceError("it is no HTML page that can be read")
    return tree


# What a reader does not see.

_NEVER_SEEN = ("script", "style", "template", "object", "iframe")
_SIMPLE = re.compile(r"(?:[a-z]{1,10})?([.#][\w-]{1,60})", re.IGNORECASE)
_NAME = re.compile(r"[.#][\w-]{1,60}")
_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]+)", re.IGNORECASE)
_COLOUR = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\b|#([0-9a-f]{3,8})\b")
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240)}
_FAR = re.compile(r"-\s*(?:\d{4,}|[1-9]\d{2})(?:\.\d+)?\s*(?:px|pt|%|vw|vh)|-\s*\d{2,}(?:\.\d+)?\s*r?em")
_MOVED = re.compile(r"translate[xy3d]*\([^)]*-\d{4,}px|scale[xy]?\(\s*0\s*[,)]")
_ZERO = re.compile(r"0*\.?0*(?:px|pt|em|rem|%|vw|vh|ex|ch)?\Z")
_TINY = re.compile(r"(?:0*[01](?:\.\d+)?|0?\.\d+)(?:px|pt)\Z|0*\.?0*[01]?\d?%\Z|0*\.0\d*r?em\Z|0+\Z")
_MAX_STYLE = 200_000
_MAX_DEPTH = 40

_Colour = tuple[int, int, int]
_Style = dict[str, str]


def remove_unseen(tree: Any) -> bool:
    """Remove from a tree what its markup hides from a reader.

    Hidden are scripts, templates and the like, `hidden`, and by a style in the page: no display, no visibility, no
    size, a place off the screen, and the colour of the background. The inside of noscript stays in the tree. An element
    that holds several times as much text as all that is seen is shown by a script, and stays: then return True.
    """
    rules = _hiding_rules(tree)
    plain = tree.find(".//link[@rel='stylesheet']") is None and not any("background" in one for one in _styles(tree))
    for element in list(tree.iter(*_NEVER_SEEN)):
        if element.tag == "template" and element.get("shadowrootmode"):
            element.tag = "div"
        else:
            element.drop_tree()
    suspects = _suspects(tree, rules)
    hidden = {one for one in suspects if _is_unseen(one, rules, (255, 255, 255) if plain else None)}
    outer = [one for one in hidden if not any(parent in hidden for parent in one.iterancestors())]
    sizes = {one: _paragraph_size(one) for one in outer}
    seen = _paragraph_size(tree) - sum(sizes.values()) if any(sizes.values()) else 0
    shown_by_script = {one for one, size in sizes.items() if size > max(300, 3 * seen)}
    for element in outer:
        if element not in shown_by_script and element.getparent() is not None:
            element.drop_tree()
    return bool(shown_by_script)


def _paragraph_size(element: Any) -> int:
    return sum(len(text) for text in _paragraphs(element))


def _styles(tree: Any) -> Iterator[str]:
    """Yield the style sheets in a page, without comments, that hold for a screen."""
    for style in tree.iter("style"):
        if (style.get("media") or "all").lower() in {"all", "screen"}:
            yield re.sub(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/", "", (style.text or "")[:_MAX_STYLE])


def _hiding_rules(tree: Any) -> dict[str, _Style]:
    """Return the rules of a page's own style sheets that hide a class or an id, and that no other rule shows again."""
    hiding: dict[str, _Style] = {}
    showing: set[str] = set()
    for text in _styles(tree):
        depth = 0
        for chunk in text.split("}"):
            opened = chunk.count("{")
            if depth == 0 and opened == 1:
                selectors, _, body = chunk.partition("{")
                _add_rule(selectors, _declarations(body), hiding, showing)
            depth = max(0, depth + opened - 1)
    return {name: style for name, style in hiding.items() if name not in showing}


def _add_rule(selectors: str, style: _Style, hiding: dict[str, _Style], showing: set[str]) -> None:
    moves = any(name.startswith(("transition", "animation")) for name in style)  # what fades in is seen
    hides = not moves and (_hides(style) or _has_no_contrast_alone(style))
    shows = not hides and style.keys() & {"display", "visibility", "opacity", "position", "clip", "height", "font-size"}
    if not hides and not shows:
        return
    for selector in selectors.split(","):
        if hides and (match := _SIMPLE.fullmatch(selector.strip())):
            hiding[match[1]] = style
        elif shows and ":hover" not in selector and ":focus" not in selector:
            showing.update(_NAME.findall(selector))


@lru_cache(maxsize=4_096)
def _declarations(style: str) -> _Style:
    found = _DECLARATION.findall(style[:2_000].lower())
    return {name: value.replace("!important", "").strip() for name, value in found}


def _suspects(tree: Any, rules: dict[str, _Style]) -> list[Any]:
    """Return the elements that may be hidden, in document order."""
    found = tree.xpath("//@style/..|//@hidden/..|//font[@color]|//dialog|//noembed")
    if rules:
        names = {name[1:] for name in rules}
        marked = (one for one in tree.xpath("//body//*[@class or @id]") if names & {*_names(one)})
        found = dict.fromkeys([*found, *marked])
    return list(found)


def _names(element: Any) -> list[str]:
    return [*(element.get("class") or "").split(), element.get("id") or ""]


def _is_unseen(element: Any, rules: dict[str, _Style], background: _Colour | None) -> bool:
    if element.get("hidden") is not None or (element.tag == "dialog" and element.get("open") is None):
        return True
    style: _Style = {}
    for name in _names(element) if rules else ():
        style |= rules.get(f".{name}", {}) | rules.get(f"#{name}", {})
    style |= _declarations(element.get("style") or "")
    return _hides(style) or _has_no_contrast(element, style, background)


def _hides(style: _Style) -> bool:
    zero = any(_ZERO.match(style.get(name, "auto")) for name in ("width", "height", "max-height"))
    placed = style.get("position") in {"absolute", "fixed"}
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or re.fullmatch(r"0*\.?0*%?", style.get("opacity", "1")) is not None
        or _TINY.match(style.get("font-size", "1em")) is not None
        or (zero and style.get("overflow", "") in {"hidden", "clip"})
        or (placed and any(_FAR.match(style.get(side, "")) for side in ("left", "top", "right", "bottom")))
        or any(_FAR.match(style.get(name, "")) for name in ("text-indent", "margin-left", "margin-top"))
        or _MOVED.search(style.get("transform", "")) is not None
        or re.match(r"rect\(\s*(?:0|1px)[\s,a-z0-9]*\)", style.get("clip", "")) is not None
        or re.match(r"(?:inset\(\s*(?:50|100)%|circle\(\s*0)", style.get("clip-path", "")) is not None
    )


def _has_no_contrast_alone(style: _Style) -> bool:
    behind = style.get("background-color") or style.get("background")
    ink, paper = _colour(style.get("color", "")), _colour(behind or "")
    return ink is not None and paper is not None and _are_alike(ink, paper)


def _has_no_contrast(element: Any, style: _Style, background: _Colour | None) -> bool:
    """Return True if the words of an element have the colour of what is behind them, as far as the page itself says."""
    colour = style.get("color") or (element.get("color") or "").lower()
    if not colour:
        return False
    if colour == "transparent" or re.match(r"(?:rgba|hsla)\(.*[,/]\s*0?\.?0+%?\s*\)", colour):
        return True
    ink = _colour(colour)
    for around in (element, *islice(element.iterancestors(), _MAX_DEPTH)) if ink else ():
        own = style if around is element else _declarations(around.get("style") or "")
        behind = own.get("background-color") or own.get("background") or (around.get("bgcolor") or "").lower()
        if behind and "url(" in behind:
            return False
        if paper := _colour(behind):
            background = paper
            break
    return ink is not None and background is not None and _are_alike(ink, background)


def _are_alike(one: _Colour, two: _Colour) -> bool:
    return all(abs(a - b) <= 8 for a, b in zip(one, two, strict=True))


def _colour(value: str) -> _Colour | None:
    value = value.strip().lower()
    name = value.split()[0] if value else ""
    if name in _NAMED:
        return _NAMED[name]
    found = _COLOUR.search(value)
    if not found:
        return None
    if digits := found[4]:
        digits = "".join(2 * digit for digit in digits[:3]) if len(digits) in {3, 4} else digits[:6]
        return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)) if len(digits) == 6 else None
    return (int(found[1]), int(found[2]), int(found[3]))


# What stands around the article.

_SWALLOWING = ("nav", "header", "footer", "aside", "noscript", "form", "figure", "button")


def open_noscript(tree: Any, lines: PageLines) -> bool:
    """Keep what noscript holds if it is the article, which the page shows only to readers without scripts.

    Else it is removed. Return True if it was kept.
    """
    inside = list(tree.iter("noscript"))
    shown = lines.total
    kept = False
    for element in inside:
        text = sum(len(one) for one in _paragraphs(element))
        if text > max(shown, 200):
            element.tag = "div"
            kept = True
        elif element.getparent() is not None:
            element.drop_tree()
    return kept


def _paragraphs(element: Any) -> list[str]:
    return [text for one in element.iter("p") if len(text := " ".join(one.text_content().split())) > 60]


def free_swallowed(tree: Any, lines: PageLines) -> None:
    """Turn an unclosed header, nav and the like, which the parser made swallow the article, into plain divs."""
    for element in list(tree.iter(*_SWALLOWING)):
        if lines.holds_most(element):
            element.tag = "div"
            for name in ("class", "id", "role"):
                element.attrib.pop(name, None)


def remove_surroundings(tree: Any, lines: PageLines) -> None:
    """Remove navigation, asides, the page's own header and footer, and lists of links around the article.

    Of a short page trafilatura would take all of them.
    """
    for element in list(tree.iter("nav", "aside", "header", "footer")):
        inside = any(parent.tag in {"article", "main"} for parent in element.iterancestors())
        if element.getparent() is not None and (element.tag in {"nav", "aside"} or not inside):
            element.drop_tree()
    for element in lines.link_lists():
        if element.getparent() is not None:
            element.drop_tree()
