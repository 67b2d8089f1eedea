"""The examples that people copy: they parse, and what they call is there."""

import re
import shlex

import pytest
import typer
import yaml

from newsqa.cli import app
from newsqa.evals.compare import parse_gate
from newsqa.frontends.slack.run import DRAIN_SECONDS, POST_SECONDS
from newsqa.settings import unknown_settings
from places import DOCS

EXAMPLES = DOCS / "examples"


def workflow():
    return yaml.safe_load((EXAMPLES / "newsqa-eval.yml").read_text("utf-8"))


def steps():
    (job,) = workflow()["jobs"].values()
    return job["steps"]


def commands():
    """The calls of newsqa in the workflow, as words."""
    lines = [line for step in steps() for line in step.get("run", "").splitlines()]
    return [shlex.split(line.split("|")[0]) for line in lines if line.strip().startswith("newsqa ")]


def parsed(words):
    """Parse a call as the command line does, without running it; return the parameters of its command."""
    command, context = typer.main.get_command(app), None
    words = words[1:]
    while hasattr(command, "commands"):
        context = command.context_class(command, parent=context)
        _, command, words = command.resolve_command(context, words)
    return command.make_context(command.name, list(words), parent=context).params


def test_the_workflow_runs_where_a_pull_request_is_made():
    found = workflow()
    assert "pull_request" in found[True]  # YAML takes a bare "on" for true
    assert found["permissions"]["contents"] == "read"
    assert all("run" in step or "uses" in step for step in steps())


def test_the_workflow_indexes_asks_and_compares():
    assert [call[1:3] for call in commands()] == [["index", "articles"], ["eval", "run"], ["eval", "compare"]]


@pytest.mark.parametrize("words", commands(), ids=lambda words: " ".join(words[:3]))
def test_every_command_and_option_of_the_workflow_exists(words):
    assert parsed(words)


def test_the_gates_of_the_workflow_are_gates():
    assert [parse_gate(gate).metric.name for gate in parsed(commands()[-1])["gate"]] == [
        "contains",
        "lexical_support",
        "over_refusal",
    ]


def test_the_folders_of_the_workflow_fit_together():
    run, compare = parsed(commands()[1]), parsed(commands()[2])
    assert compare["others"] == [run["out"]]
    reports = " ".join(str(step.get("with", "")) + step.get("run", "") for step in steps())
    assert f"{run['out']}/junit.xml" in reports
    assert f"{run['out']}/report.md" in reports


def settings_of(unit):
    """The lines of a unit of systemd, as pairs; a name may come several times."""
    lines = (EXAMPLES / unit).read_text("utf-8").splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("unit", "name"), [("newsqa@.service", "slack"), ("newsqa@.service", "discord"), ("newsqa-index.service", "")]
)
def test_the_services_call_commands_that_exist(unit, name):
    (call,) = [shlex.split(value.replace("%i", name)) for key, value in settings_of(unit) if key == "ExecStart"]
    assert call[0] == "/opt/newsqa/.venv/bin/newsqa"
    parsed(call)


def test_services_and_container_set_what_is_a_setting():
    container = (EXAMPLES / "Containerfile").read_text("utf-8")
    named = [value for unit in ("newsqa@.service", "newsqa-index.service") for key, value in settings_of(unit)]
    assert unknown_settings(dict.fromkeys(re.findall(r"NEWSQA_\w+", " ".join([container, *named])), "1")) == []


def test_a_bot_is_given_longer_to_stop_than_it_takes():
    assert int(dict(settings_of("newsqa@.service"))["TimeoutStopSec"]) > DRAIN_SECONDS + POST_SECONDS
