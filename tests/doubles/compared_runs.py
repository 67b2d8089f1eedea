"""Invented runs over the same questions, each question right, wrong, refused, empty or failed as a test wants it."""

from dataclasses import replace

from newsqa.evals.datasets.items import Gold, Item
from newsqa.evals.run_file import CitationCheck, IndexFacts, RunLine, finalize_run

FOG = "Fog lay over the harbour all day."
KINDS = {"r": "right", "w": "wrong", "-": "refused", "e": "empty", "f": "failed"}


def said(number):
    """The sentence that answers a question."""
    return f"{number + 100} boats came to quay {number} on Monday."


def item(number, **fields):
    """A question; every fifth has no answer in the articles."""
    plain = Item(
        id=f"quay-{number:03}",
        question=f"How many boats came to quay {number}?",
        answers=(str(number + 100),),
        gold=(Gold(article_id=f"a{number}", quote=said(number)),),
        tags=("even" if number % 2 == 0 else "odd",),
    )
    if number % 5 == 4:
        plain = replace(plain, answers=(), gold=(), answerable=False)
    return replace(plain, **fields)


def passage(article, text):
    """A passage as it stands in a record."""
    place = {"article_id": article, "url": None, "path": f"{article}.md", "start": 0, "end": len(text)}
    return {**place, "score": 1.0, "text": text}


def citation(article, quote):
    """A citation as it stands in a record."""
    named = {"title": None, "outlet": None, "published": None, "url": None, "path": f"{article}.md"}
    place = {"quote": quote, "start": 0, "end": len(quote), "also_carried_by": []}
    return {"n": 1, "article_id": article, **named, **place}


def record(number, kind, rank, **fields):
    """The record of an answer of a kind (see KINDS), with the gold passage in a rank of those retrieved."""
    article, sentence = (f"a{number}", said(number)) if kind == "r" else ("fog", FOG)
    found = [passage(f"other{place}", FOG) for place in range(1, 10)]
    found.insert(rank - 1, passage(f"a{number}", said(number)))
    answers = kind in "rw"
    return {
        "id": f"quay-{number:03}",
        "question": f"How many boats came to quay {number}?",
        "standalone": f"How many boats came to quay {number}?",
        "asked": "2025-05-12",
        "as_of": None,
        "refused": kind == "-",
        "reason": "no_evidence" if kind == "-" else None,
        "incomplete": False,
        "error": "The model did not answer." if kind == "f" else None,
        "text": f"{sentence} [1]" if answers else "Nothing tells of it." if kind == "-" else "",
        "sentences": [{"text": sentence, "citations": [1], "support": 1.0}] if answers else [],
        "citations": [citation(article, sentence)] if answers else [],
        "retrieved": found,
        "dropped": [],
        "notices": [],
        "confidence": 0.9 if kind == "r" else 0.4,
        "model": "extractive",
        "index": "f00d",
        "config": "cafe",
        "timings": {"retrieve": 0.02, "total": 0.05 + number / 1000},
        "usage": {"input_tokens": 10, "output_tokens": 2, "cost": 0.001},
        **fields,
    }


def run(kinds, *, rank=1, total=None, items=None, **fields):
    """Return the lines of a run: a kind for each question, the fields of every record that are to be others."""
    asked = items or [item(number) for number in range(len(kinds))]
    lines = []
    for number, (kind, question) in enumerate(zip(kinds, asked, strict=True)):
        made = record(number, kind, rank, **fields)
        gold = ((f"a{number}",),) if question.gold else ()
        grounds = tuple(CitationCheck(exists=True, faithful=True) for _ in made["citations"])
        known = IndexFacts(gold=gold, answer_in_index=bool(gold), citations=grounds)
        lines.append(RunLine(made, f"key-{number}", (number + 1, total or len(kinds)), question, known))
    return lines


def written(folder, lines):
    """Write the lines as the run that a folder holds."""
    folder.mkdir()
    finalize_run(folder / "run.jsonl", lines)
    return folder
