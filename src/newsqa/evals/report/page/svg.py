"""Makes a drawing of matplotlib part of a page.

The page allows no style attributes, has one name for each id, and knows its own colours, light and dark. So styles
become attributes, ids get the drawing's name before them, and the colours drawn with stand for the page's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator

COLOURS = {
    "ink": "#010101",
    "muted": "#020202",
    "line": "#030303",
    "accent": "#040404",
    "soft": "#050505",
    "paper": "#060606",
}
"""What the page calls a colour, and the colour that stands for it while drawing."""

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_LEFT_OUT = frozenset({"font-family", "font"})
_NAMES = {colour: name for name, colour in COLOURS.items()}


def embedded(drawing: str, name: str, title: str, description: str) -> Markup:
    """Return an SVG document of matplotlib as an element of a page. `name` begins its ids; no two may share it."""
    root = ET.fromstring(drawing)  # noqa: S314  made here, by matplotlib
    _strip(root)
    used = set(_references(root))
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        _restyle(element)
        _rename(element, name, used)
    _describe(root, name, title, description)
    return Markup(ET.tostring(root, encoding="unicode", short_empty_elements=True))  # noqa: S704  serialised above


def _strip(root: ET.Element) -> None:
    """Take out metadata and style sheets, and the size, which the page decides."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{_SVG}metadata", f"{_SVG}style"}:
                parent.remove(child)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("stroke-linejoin", "round")


def _references(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        for attribute, value in element.attrib.items():
            if attribute == _HREF:
                yield value.removeprefix("#")
            elif value.startswith("url(#"):
                yield value[5:-1]


def _restyle(element: ET.Element) -> None:
    for rule in element.attrib.pop("style", "").split(";"):
        name, _, value = rule.partition(":")
        if name.strip() and name.strip() not in _LEFT_OUT:
            element.set(name.strip(), value.strip().removesuffix("px"))
    for attribute in ("fill", "stroke"):
        if named := _NAMES.get(element.get(attribute, "")):
            element.set(attribute, f"var(--{named})")


def _rename(element: ET.Element, name: str, used: set[str]) -> None:
    if (own := element.attrib.pop("id", "")) in used:
        element.set("id", f"{name}-{own}")
    if target := element.attrib.pop(_HREF, None):
        element.set("href", target.replace("#", f"#{name}-", 1))
    for attribute, value in list(element.attrib.items()):
        if value.startswith("url(#"):
            element.set(attribute, value.replace("#", f"#{name}-", 1))


def _describe(root: ET.Element, name: str, title: str, description: str) -> None:
    """Say what the drawing shows to people who do not see it."""
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(tag, id=f"{name}-{tag}")
        element.text = text
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title")
    root.set("aria-describedby", f"{name}-desc")
