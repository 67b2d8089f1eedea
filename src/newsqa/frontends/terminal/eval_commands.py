"""`newsqa eval`: the commands that measure answers; each decodes its options and calls what does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsqa.frontends.terminal.console import Index, Json, Model, read_settings

eval_app = typer.Typer(help="Measure answers over a set of questions.", no_args_is_help=True, rich_markup_mode=None)

Judge = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Let this model judge, too, if quotes support answers, and if they are right."),
]
Set = Annotated[Path, typer.Argument(metavar="SET", help="A file or folder of questions.")]


@eval_app.command()
def run(
    questions: Set,
    model: Model = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the run is kept, and gone on with [runs/SET-…].")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Ask only the first N questions.")] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, metavar="USD", help="Stop before the answers cost more than this.")
    ] = None,
    judge: Judge = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """Ask every question of a set; keep the answers, one a line, and report how good they are."""
    from newsqa.evals.run import RunLimits
    from newsqa.frontends.terminal.eval_run import run_questions

    settings = read_settings(index, model, connects=True, judge=judge)
    limits = RunLimits(limit, max_cost)
    raise typer.Exit(run_questions(settings, questions, limits, out=out, judge=judge, as_json=json))


@eval_app.command()
def score(
    predictions: Annotated[
        Path,
        typer.Argument(metavar="PREDICTIONS", help="Answers with the ids of their questions, one JSON object a line."),
    ],
    questions: Set,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep them as a run, with reports, for eval compare.")
    ] = None,
    judge: Judge = None,
    index: Annotated[
        Path | None, typer.Option("--index", metavar="DIR", help="Look up citations, passages and gold in this index.")
    ] = None,
    json: Json = False,
) -> None:
    """Score answers that something else produced."""
    from newsqa.frontends.terminal.eval_run import score_predictions

    settings, look_up = read_settings(index, connects=True, judge=judge), index is not None
    score_predictions(settings, predictions, questions, out=out, look_up=look_up, judge=judge, as_json=json)


@eval_app.command()
def compare(
    baseline: Annotated[Path, typer.Argument(metavar="A", help="The folder of a run to compare with.")],
    others: Annotated[list[Path], typer.Argument(metavar="B…", help="Folders of runs of the same questions.")],
    gate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC:BOUND",
            help="By how much a run may differ: f1:-0.02 may fall by two points of a hundred, over_refusal:0.02 rise.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say what changed between runs. With gates it exits 0 pass, 1 regression, 2 not comparable, 3 incomplete."""
    from newsqa.frontends.terminal.eval_compare import compare_runs

    raise typer.Exit(compare_runs(baseline, others, gate or [], as_json=json))


@eval_app.command()
def check(
    pairs: Annotated[
        Path, typer.Argument(metavar="PAIRS", help="Labelled sentences with their quotes, one JSON object a line.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where checked.jsonl and the reports are written.")],
    judge: Annotated[
        str | None, typer.Option(metavar="NAME", help="The chat model that judges what code leaves open [none].")
    ] = None,
    json: Json = False,
) -> None:
    """Score the check of sentences on labelled pairs: true ones kept, false ones passed, by kind."""
    from newsqa.frontends.terminal.eval_run import check_sentences

    check_sentences(read_settings(connects=True, judge=judge), pairs, out, judge, as_json=json)


@eval_app.command()
def make(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A new file for the questions [questions.jsonl].")
    ] = None,
    number: Annotated[int, typer.Option(metavar="N", help="How many questions to draft.")] = 60,
    kinds: Annotated[
        str | None,
        typer.Option(
            metavar="KINDS",
            help="Of cloze, written, sources, unanswerable: some, by commas [all; cloze only without a model].",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed drafts the same questions again.")] = 0,
    model: Model = None,
    index: Index = None,
    json: Json = False,
) -> None:
    """Draft a set of questions from the articles, for you to edit."""
    from newsqa.frontends.terminal.eval_make import make_set, plan_of

    settings = read_settings(index, model, connects=True)
    make_set(settings, out, plan_of(settings, number, kinds, seed), as_json=json)
