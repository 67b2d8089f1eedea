"""Draws what tables show poorly: risk by coverage, calibration, figures by tag, latency by stage.

The same summary gives the same bytes: no date, ids from a fixed salt.
"""

from __future__ import annotations

import io
import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from newsqa.evals.report.formatting import interval_text, seconds_text, value_text
from newsqa.evals.scoring import BY_NAME
from newsqa.render.clean import safe_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matplotlib.axes import Axes

    from newsqa.evals.summary import Estimate, Summary


COLOURS = {
    "ink": "#010101",
    "muted": "#020202",
    "line": "#030303",
    "accent": "#040404",
    "soft": "#050505",
    "paper": "#060606",
}
"""What the page calls a colour, and the colour that is drawn in its place."""

WIDTH, HEIGHT = 4.6, 3.1  # inches of 72 points, which are pixels on the page
MARGIN = 0.62  # inches, left of the axes and below
MOST_TAGS = 16
LONGEST_LABEL = 22  # characters
LETTER = 0.085  # inches that one takes
BY_TAG = (("contains", "f1", "em"), ("doc_hit@5", "passage_hit@5"))
"""Of each group the first metric that the run has is drawn."""

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "newsqa",
    "text.parse_math": False,
    "font.size": 11,
    "axes.edgecolor": COLOURS["line"],
    "axes.labelcolor": COLOURS["muted"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.6,
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["line"],
    "ytick.color": COLOURS["line"],
    "xtick.labelcolor": COLOURS["muted"],
    "ytick.labelcolor": COLOURS["muted"],
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with its heading, a sentence on how to read it, and what it shows in words."""

    name: str
    title: str
    note: str
    drawing: Markup


def plots(summary: Summary) -> list[Plot]:
    """Draw what the run has figures for."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it writes of its font cache
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that its own font lacks; the page brings the font
        mpl.rcdefaults()  # whatever the person who runs it likes plots to look like
        mpl.rcParams.update(STYLE)
        return [*_risk_coverage(summary), *_calibration(summary), *_by_tag(summary), *_latency(summary)]


def _risk_coverage(summary: Summary) -> Iterator[Plot]:
    if len(summary.curve) < 2:
        return
    coverage, risk = zip(*summary.curve, strict=True)

    def draw(axes: Axes) -> None:
        axes.fill_between(coverage, risk, color=COLOURS["soft"], linewidth=0)
        axes.plot(coverage, risk, color=COLOURS["accent"], linewidth=1.8)
        _shares(axes, "answered (coverage)", "wrong among them (risk)")

    quarters = dict.fromkeys(_nearest(summary.curve, share) for share in (0.25, 0.5, 0.75, 1.0))
    description = "; ".join(f"{_percent(r)} wrong of the surest {_percent(c)}" for c, r in quarters)
    note = "How many answers are wrong when only the surest are given. Lower is better."
    yield _plot("risk-coverage", "Risk by coverage", note, description, draw)


def _nearest(curve: Sequence[tuple[float, float]], coverage: float) -> tuple[float, float]:
    return min(curve, key=lambda point: abs(point[0] - coverage))


def _calibration(summary: Summary) -> Iterator[Plot]:
    bins = [one for one in summary.calibration if one.n]
    if not bins:
        return
    most = max(one.n for one in bins)

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=COLOURS["muted"], linewidth=1, linestyle=(0, (3, 3)))
        points = [one.confidence for one in bins], [one.accuracy for one in bins]
        axes.plot(*points, color=COLOURS["accent"], linewidth=1.2)
        axes.scatter(
            *points,
            s=[20 + 140 * one.n / most for one in bins],
            color=COLOURS["accent"],
            edgecolors=COLOURS["paper"],
            clip_on=False,
            zorder=3,
        )
        _shares(axes, "confidence", "right")

    description = "; ".join(
        f"{_percent(b.accuracy)} right at confidence {_percent(b.confidence)}, {b.n} answers" for b in bins
    )
    note = "How often answers are right, by their confidence; on the dashed line it is true. Larger dots: more answers."
    yield _plot("calibration", "Calibration", note, description, draw)


def _by_tag(summary: Summary) -> Iterator[Plot]:
    whole = {figure.metric: figure.value for figure in summary.figures}
    for group in BY_TAG:
        name = next((name for name in group if name in whole), None)
        if name and (tagged := _tagged(summary, name)):
            yield _tag_plot(BY_NAME[name].title, tagged, whole[name])


def _tagged(summary: Summary, metric: str) -> list[tuple[str, Estimate]]:
    """Return the figure of each tag that has one: the commonest tags, the best of them first."""
    found = [(tag, f) for tag, figures in summary.tags.items() for f in figures if f.metric == metric]
    commonest = sorted(found, key=lambda entry: (-entry[1].n, entry[0]))[:MOST_TAGS]
    return sorted(commonest, key=lambda entry: (-entry[1].value, entry[0]))


def _tag_plot(title: str, tagged: Sequence[tuple[str, Estimate]], whole: float) -> Plot:
    places = range(len(tagged))
    labels = [f"{_label(tag)} ({figure.n})" for tag, figure in tagged]

    def draw(axes: Axes) -> None:
        axes.axvline(whole, color=COLOURS["muted"], linewidth=1, linestyle=(0, (3, 3)))
        for place, (_, figure) in zip(places, tagged, strict=True):
            if figure.interval:
                ends = (figure.interval.low, figure.interval.high)
                axes.plot(ends, (place, place), color=COLOURS["accent"], linewidth=1.4, solid_capstyle="round")
        values = [figure.value for _, figure in tagged]
        axes.scatter(values, list(places), s=34, color=COLOURS["accent"], clip_on=False, zorder=3)
        _rows(axes, labels)
        _share_axis(axes, "x")

    metric = tagged[0][1].metric
    description = "; ".join(f"{_label(tag)}: {_with_interval(figure)}" for tag, figure in tagged)
    note = "With 95 % intervals and the number of questions; the dashed line is the whole run."
    return _plot(f"tags-{metric.partition('@')[0]}", f"{title} by tag", note, description, draw, rows=labels)


def _with_interval(figure: Estimate) -> str:
    return f"{value_text(figure.metric, figure.value)}, interval {interval_text(figure.metric, figure.interval)}"


def _latency(summary: Summary) -> Iterator[Plot]:
    stages = summary.latencies[:MOST_TAGS]
    if not stages:
        return
    labels = [_label(stage.stage) for stage in stages]
    longest = max(stage.p95 for stage in stages) or 1.0

    def draw(axes: Axes) -> None:
        for place, stage in enumerate(stages):
            axes.barh(place, stage.p95, height=0.56, color=COLOURS["soft"])
            axes.barh(place, stage.p50, height=0.56, color=COLOURS["accent"])
            times = f"{seconds_text(stage.p50)} · {seconds_text(stage.p95)}"
            axes.text(stage.p95 + longest * 0.02, place, times, va="center", color=COLOURS["muted"], fontsize=10)
        _rows(axes, labels)
        axes.set_xlim(0, longest * 1.42)
        axes.set_xlabel("seconds")

    description = "; ".join(f"{_label(s.stage)}: {seconds_text(s.p50)}, at p95 {seconds_text(s.p95)}" for s in stages)
    note = "Half of the questions took no longer than the dark bar (p50), 95 of 100 no longer than the light one (p95)."
    yield _plot("latency", "Latency by stage", note, description, draw, rows=labels)


def _plot(
    name: str, title: str, note: str, description: str, draw: Callable[[Axes], None], rows: Sequence[str] = ()
) -> Plot:
    """Draw; `rows` are the labels of the rows if the drawing has them."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Canvas

    height = max(len(rows) * 0.27 + 0.8, 1.6) if rows else HEIGHT
    left = max([MARGIN, *(LETTER * len(row) + 0.15 for row in rows)])
    canvas = Canvas(figsize=(WIDTH, height))
    FigureCanvasSVG(canvas)
    box = (left / WIDTH, 0.55 / height, 1 - (left + 0.2) / WIDTH, 1 - 0.7 / height)
    draw(canvas.add_axes(box))
    out = io.StringIO()
    canvas.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return Plot(name, title, note, _embed(out.getvalue(), f"plot-{name}", title, description))


def _shares(axes: Axes, across: str, up: str) -> None:
    for axis in ("x", "y"):
        _share_axis(axes, axis)
    axes.set_yticklabels(["", *axes.get_yticklabels()[1:]])  # one nought in the corner is enough
    axes.set_xlabel(across)
    axes.set_ylabel(up)


def _share_axis(axes: Axes, axis: str) -> None:
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set(**{f"{axis}lim": (0, 1), f"{axis}ticks": ticks, f"{axis}ticklabels": [_percent(tick) for tick in ticks]})


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels, color=COLOURS["ink"])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _label(name: str) -> str:
    line = safe_line(name)
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1] + "…"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


# A drawing of matplotlib becomes part of a page, which allows no style attributes, has one name for each id, and knows
# its own colours, light and dark: styles become attributes, ids begin with the drawing's name, colours are the page's.

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_DROPPED_STYLES = frozenset({"font-family", "font"})
_COLOUR_NAMES = {colour: name for name, colour in COLOURS.items()}


def _embed(drawing: str, name: str, title: str, description: str) -> Markup:
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
        if name.strip() and name.strip() not in _DROPPED_STYLES:
            element.set(name.strip(), value.strip().removesuffix("px"))
    for attribute in ("fill", "stroke"):
        if named := _COLOUR_NAMES.get(element.get(attribute, "")):
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
