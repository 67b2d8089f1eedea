"""A list of models for people: one row each, with where it runs and what is known or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.models.providers import host_of
from newsqa.render.marks import day, dollars
from newsqa.render.safe import safe_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.models.benchmark import Speed
    from newsqa.models.inventory import ModelEntry

HEADS = {"answers": "Answers", "embeds": "Finds articles by meaning", "ranks": "Ranks what was found"}
WIDE = 32
"""Columns that names are filled up to; a path may be longer."""

SIGNS = {True: "✓", False: "✗"}

Row = tuple[str, str, str]
"""A sign, a name and what is known."""


def rows(models: Sequence[ModelEntry]) -> Iterator[tuple[str, list[Row]]]:
    """Give each heading with its rows."""
    for does, head in HEADS.items():
        if found := [_row(model) for model in models if model.does == does]:
            yield head, found


def models_text(models: Sequence[ModelEntry]) -> str:
    """Return the list as plain text, a model a line."""
    parts = []
    for head, found in rows(models):
        wide = min(max(len(name) for _, name, _ in found), WIDE)
        parts.append("\n".join([head, *(f"  {sign} {name:<{wide}}  {known}" for sign, name, known in found)]))
    return "\n\n".join(parts)


def _row(model: ModelEntry) -> Row:
    known = [
        "chosen" if model.chosen and model.does == "answers" else "",
        _where(model),
        _size(model.size) if model.size else "",
        f"{model.context:,} tokens of context" if model.context else "",
        _speed(model.speed) if model.speed else "",
        f"{dollars(model.price[0])} read, {dollars(model.price[1])} written a million tokens" if model.price else "",
        " ".join(part for part in (model.missing, model.mend) if part),
    ]
    return SIGNS[model.usable], safe_line(model.name), " · ".join(safe_line(part) for part in known if part)


def _where(model: ModelEntry) -> str:
    host = f" for {host_of(model.address)}" if model.address else ""
    places = {"here": "this machine", "server": "a server on this machine", "hosted": f"text leaves this machine{host}"}
    return places[model.runs]


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _speed(speed: Speed) -> str:
    rates = [f"{verb} {rate:,.0f}" for verb, rate in (("reads", speed.read), ("writes", speed.written)) if rate]
    return f"{', '.join(rates)} tokens a second ({day(speed.on)})" if rates else ""
