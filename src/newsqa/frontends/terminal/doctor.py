"""`newsqa models` and `newsqa doctor`: what can be used here, and how to mend what is broken."""

from __future__ import annotations

import os
import sqlite3
import sys
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from newsqa import models
from newsqa.answer.history import Sessions
from newsqa.errors import LibraryError, ModelError, NewsqaError, SettingsError
from newsqa.frontends.terminal.console import announce_egress, print_json, print_text
from newsqa.frontends.terminal.index import free_space
from newsqa.machine import network_file_system
from newsqa.models.egress import data_egress
from newsqa.models.inventory import describe_model, find_model, list_models, model_host, try_model
from newsqa.prompts import load_prompts
from newsqa.render.clean import safe_line
from newsqa.render.plain import models_text
from newsqa.render.wording import count, period
from newsqa.settings import Settings, unknown_settings
from newsqa.store.database import DAMAGED_HINT
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE, NO_BOUNDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.models.inventory import ModelEntry
    from newsqa.store.snapshot import Snapshot
    from newsqa.types import JsonObject


def print_models(settings: Settings, names: Sequence[str], *, remote: bool, as_json: bool) -> None:
    """Print the models, or those named; `remote` also asks servers on other machines for theirs."""
    announce_egress(settings if remote else replace(settings, offline=True), "lists")  # of others, none is asked
    found = list_models(settings, remote=remote)
    if names:
        found = [find_model(name, found) or describe_model(name, settings) for name in dict.fromkeys(names)]
    if as_json:
        print_json({"models": [_record(model) for model in found]})
    else:
        print_text(models_text(found))


def _record(model: ModelEntry) -> JsonObject:
    fields = asdict(model)
    if model.price:
        fields["price"] = dict(zip(("read", "written"), model.price, strict=True))
    return fields


# `newsqa doctor`: checks everything that an answer needs, and says how to mend what is broken.

MIN_PYTHON = (3, 11)
REMOTE = ("openai:", "ollama:", "hf:")
MAX_REPLY = 80  # characters shown of what a model says
SIGNS = {"good": "✓", "note": "!", "broken": "✗"}


Finding = str | tuple[str, str]  # what is good, or a note of what is not and how to mend it


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of a check: what was checked, its state, and how to mend it unless it is good."""

    name: str
    state: Literal["good", "note", "broken"]
    says: str
    mend: str = ""


def examine(load: Callable[[], Settings], *, deep: bool, as_json: bool) -> int:
    """Print every check of the settings that `load` returns; return the exit code, 1 if something is broken.

    `deep` also checks everything that the index stores, and mends what can be made again.
    """
    diagnoses: list[Diagnosis] = []
    for diagnosis in _diagnoses(load, deep=deep):
        diagnoses.append(diagnosis)
        if not as_json:
            print_text(_line(diagnosis))
    broken = any(diagnosis.state == "broken" for diagnosis in diagnoses)
    if as_json:
        print_json({"ok": not broken, "checks": [asdict(diagnosis) for diagnosis in diagnoses]})
    return int(broken)


def _line(diagnosis: Diagnosis) -> str:
    mend = f"\n               → {safe_line(diagnosis.mend)}" if diagnosis.mend else ""
    return f"{SIGNS[diagnosis.state]} {diagnosis.name:<12} {safe_line(diagnosis.says)}{mend}"


def _diagnoses(load: Callable[[], Settings], *, deep: bool) -> Iterator[Diagnosis]:
    yield _diagnose("python", _python)
    yield _diagnose("packages", _packages)
    try:
        settings = load()
    except SettingsError as error:
        yield Diagnosis("settings", "broken", str(error), error.hint)
        return
    announce_egress(settings)
    yield _diagnose("settings", _settings_names)
    for name, check in _CHECKS:
        diagnosis = _diagnose(name, check, settings)
        yield diagnosis
        if name == "index" and diagnosis.state == "broken":
            return  # the checks that follow read it
        if name == "index" and deep:
            yield from _stored(settings)


def _diagnose(name: str, check: Callable[..., Finding], *settings: Settings) -> Diagnosis:
    """Run a check; what it raises is broken."""
    try:
        found = check(*settings)
    except NewsqaError as error:
        return Diagnosis(name, "broken", str(error), error.hint)
    return Diagnosis(name, "good", found) if isinstance(found, str) else Diagnosis(name, "note", *found)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fts5 = sqlite3.connect(":memory:").execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]
    if sys.version_info < MIN_PYTHON:
        raise SettingsError(f"Python {version}", hint="Install Python 3.11 or newer.")
    if not fts5:
        raise SettingsError("SQLite has no full-text search (FTS5).", hint="Use a Python whose SQLite has it.")
    return f"Python {version}, SQLite {sqlite3.sqlite_version}"


def _packages() -> Finding:
    """Compare the packages that are installed with those that newsqa declares."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    wrong = []
    declared = [Requirement(line) for line in requires("newsqa") or []]
    needed = [r for r in declared if r.marker is None or r.marker.evaluate({"extra": ""})]
    for requirement in needed:
        try:
            if not requirement.specifier.contains(have := version(requirement.name), prereleases=True):
                wrong.append(f"{requirement.name} is {have}, needed is {requirement.specifier}")
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
    if wrong:
        raise SettingsError("; ".join(wrong), hint="Install newsqa again from its source: pip install .")
    return f"{count(len(needed), 'package')} as declared"


def _settings_names() -> Finding:
    unknown = unknown_settings()
    if not unknown:
        return "all known"
    near = get_close_matches(unknown[0], [f"NEWSQA_{name.upper()}" for name in Settings.__dataclass_fields__], n=1)
    mend = f"Did you mean {near[0]}?" if near else "See .env.example for the names of all settings."
    return f"no such setting: {', '.join(unknown)}", mend


def _embedder(settings: Settings) -> Finding:
    made = models.create_embedder(settings)
    if settings.embedder.startswith(REMOTE):
        goes = _egress("embeds", "articles and questions", settings)
        return f"{settings.embedder} (not tried: it may use the network){goes}"
    return f"{settings.embedder}, {len(made.embed_query('news'))} numbers a vector, files as tested"


def _reranker(settings: Settings) -> Finding:
    made = models.create_reranker(settings)
    if not settings.reranker.startswith(REMOTE):
        made.score("news", ["The harbour reopened."])
    return settings.reranker


def _answerer(settings: Settings) -> Finding:
    if settings.model == EXTRACTIVE:
        return "extractive, no model writes"
    try:
        reply = try_model(settings)
    except ModelError as error:
        host = model_host(settings)
        tried = f" It was tried at {host}." if host and host not in str(error) else ""
        raise ModelError(f"{error}{tried}", hint=error.hint) from error
    rate = f", then {reply.write_rate:,.0f} tokens a second" if reply.write_rate else ""
    goes = _egress("writes", "questions and passages", settings)
    return f"{settings.model} said {_excerpt(reply.text)} after {reply.first:.1f} s{rate}{goes}"


def _egress(does: str, what: str, settings: Settings) -> str:
    """Return the words that say what leaves this machine for the model that does this, "" if nothing does."""
    places = [one.place for one in data_egress(settings) if one.does == does and not one.local]
    return f"; {what} leave this machine ({places[0]})" if places else ""


def _excerpt(text: str) -> str:
    """Return the beginning of a model's reply, in a line and in quotation marks."""
    line = safe_line(text)
    return f"“{line if len(line) <= MAX_REPLY else line[:MAX_REPLY].rstrip() + '…'}”"


def _prompts(settings: Settings) -> Finding:
    load_prompts(settings.prompts)
    return f"from {settings.prompts}" if settings.prompts else "newsqa's own"


def _index(settings: Settings) -> Finding:
    with open_index(settings) as opened, opened.snapshot() as index:
        held = index.coverage(NO_BOUNDS)
        problems = sum(len(source.problems) for source in index.list_sources())
    says = f"{settings.index}: {count(held.articles, 'article')}, {period(held.first, held.last)}"
    if not held.articles:
        raise LibraryError(f"{settings.index} holds no article.", hint="Index some: newsqa index FOLDER")
    if problems:
        return f"{says}; {count(problems, 'problem')}", "See them: newsqa sources"
    return says


def _stored(settings: Settings) -> Iterator[Diagnosis]:
    """Check everything that is stored, and mend what can be made again."""
    from newsqa.ingest.indexer import mend_index

    try:
        faults = mend_index(settings)
    except NewsqaError as error:
        yield Diagnosis("stored", "broken", str(error), error.hint)
        return
    for fault in faults:
        if fault.can_be_mended:
            yield Diagnosis("stored", "note", f"{fault.says}; made again")
        else:
            yield Diagnosis("stored", "broken", fault.says, DAMAGED_HINT)
    if not faults:
        yield Diagnosis("stored", "good", "articles, passages, words and vectors are as they were stored")


def _privacy(settings: Settings) -> Finding:
    mode = settings.index.stat().st_mode & 0o077 if settings.index.is_dir() else 0
    if mode:
        return f"others can open {settings.index}", f"chmod 700 {settings.index}"
    return "only you can open the index"


def _vectors(settings: Settings) -> Finding:
    where = settings.chroma or "in the index folder"
    embedder = models.create_embedder(settings)
    with open_index(settings, models.embedder_fingerprint(embedder)) as opened, opened.snapshot() as index:
        if settings.embedder.startswith(REMOTE):
            return f"{where}, made by {settings.embedder}"
        found = _store_answers(index, embedder.embed_query("news"))
    if not found:
        says = f"the Chroma store {where} is not whole; the library answers for it, more slowly"
        return says, "Bring it up to date: newsqa index SOURCE"
    return f"Chroma {where}"


def _store_answers(index: Snapshot, vector: list[float]) -> bool:
    """Return True if the vector store answers a search."""
    import numpy as np

    store, question = index.opened.vectors(index.facts["id"]), np.asarray(vector, dtype=np.float32)
    return store is not None and store.nearest(question, 1, int(index.facts["vectored"])) is not None


def _sessions(settings: Settings) -> Finding:
    sessions = Sessions(settings.sessions_folder(), os.fspath(settings.index.resolve()))
    kept = len(sessions.recent(limit=1_000))
    return f"{count(kept, 'conversation')} over this index, in {sessions.folder}"


def _disk(settings: Settings) -> Finding:
    try:
        free = free_space(settings)
    except OSError as error:
        return f"unknown ({error.strerror})", ""
    if shared := network_file_system(settings.index):
        return f"{settings.index} is on a network share ({shared})", "Use it on one machine only, or a local disk."
    if free < settings.min_free * 1_000_000:
        return f"{free / 1e6:.0f} MB free", "Free some space before you index."
    return f"{free / 1e9:.0f} GB free"


_CHECKS: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
    ("embedder", _embedder),
    ("reranker", _reranker),
    ("answers", _answerer),
    ("prompts", _prompts),
    ("sessions", _sessions),
    ("disk", _disk),
    ("index", _index),
    ("privacy", _privacy),
    ("vectors", _vectors),
)
