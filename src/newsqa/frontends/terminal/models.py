"""`newsqa models`: what can be used here and now, and how fast it is."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from newsqa.errors import NewsqaError
from newsqa.frontends.terminal.console import messages, output, print_json, print_text
from newsqa.models.benchmark import measure_speed
from newsqa.models.inventory import describe_model, find_model, list_models
from newsqa.render.plain import error_line
from newsqa.render.terminal import models_text, models_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.models.inventory import ModelEntry
    from newsqa.settings import Settings
    from newsqa.types import JsonObject


def print_models(settings: Settings, names: Sequence[str], *, measuring: bool, remote: bool, as_json: bool) -> int:
    """Print the models, or those named; return the exit code: 1 if one could not be measured, else 0.

    `measuring` has every model on this machine write, and of those elsewhere only the ones that are named.
    """
    found = list_models(settings, remote=remote)
    if names:
        found = [find_model(name, found) or describe_model(name, settings) for name in dict.fromkeys(names)]
    failed = 0
    if measuring:
        found, failed = _measure(found, settings, by_name=bool(names))
    if as_json:
        print_json({"models": [_record(model) for model in found]})
    elif (console := output()).is_terminal:
        console.print(models_view(found))
    else:
        print_text(models_text(found))
    return int(failed > 0)


def _measure(found: Sequence[ModelEntry], settings: Settings, *, by_name: bool) -> tuple[list[ModelEntry], int]:
    """Return the models with the speeds of those that could be measured, and how many could not."""
    measured, failed = [], 0
    for model in found:
        if not (model.usable and model.writes) or (model.runs == "hosted" and not by_name):
            measured.append(model)
            continue
        try:
            with messages().status(f"measuring {model.name}", spinner="dots"):
                measured.append(replace(model, speed=measure_speed(model.name, settings)))
        except NewsqaError as error:
            messages().print(error_line(error), soft_wrap=True)
            measured.append(model)
            failed += 1
    return measured, failed


def _record(model: ModelEntry) -> JsonObject:
    fields = asdict(model)
    if model.speed:
        fields["speed"]["on"] = model.speed.on.isoformat()
    if model.price:
        fields["price"] = dict(zip(("read", "written"), model.price, strict=True))
    return fields
