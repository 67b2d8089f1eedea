"""Extras: what each brings agrees with pyproject.toml, what is missing is named, and the base does without any."""

import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from newsqa import cli, extras
from newsqa.building import open_pipeline
from newsqa.errors import SettingsError
from newsqa.extras import PACKAGES, check_extra, install_hint, missing_packages
from newsqa.models.inventory import describe_model, list_models
from newsqa.settings import Settings
from places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OPTIONAL = sorted({module for extra in PACKAGES.values() for module in extra})


def required(extra):
    """The packages of an extra in pyproject.toml, with those of the extras that it includes."""
    found = set()
    for line in PROJECT["optional-dependencies"][extra]:
        requirement = Requirement(line)
        if requirement.name == "newsqa":
            found |= {package for other in requirement.extras for package in required(other)}
        else:
            found.add(canonicalize_name(requirement.name))
    return found


@pytest.fixture
def without(monkeypatch):
    """Make modules look as if they were not installed."""

    def uninstall(*names):
        find_spec = extras.find_spec
        monkeypatch.setattr(extras, "find_spec", lambda name: None if name in names else find_spec(name))
        for name in list(sys.modules):
            if name.partition(".")[0] in names:
                monkeypatch.delitem(sys.modules, name)
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)

    return uninstall


@pytest.mark.parametrize("extra", PACKAGES)
def test_the_packages_of_an_extra_are_those_of_the_project(extra):
    assert {canonicalize_name(package) for package in PACKAGES[extra].values()} == required(extra)


@pytest.mark.parametrize("extra", ["anthropic", "eval", "local", "ollama"])
def test_what_lets_a_model_write_brings_the_prices(extra):
    assert required("write") < required(extra)


def test_the_base_holds_nothing_that_an_extra_brings():
    base = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert not base & {canonicalize_name(package) for extra in PACKAGES.values() for package in extra.values()}


def test_the_development_extra_brings_every_other():
    assert required("dev") >= {package for extra in PROJECT["optional-dependencies"] for package in required(extra)}


def test_a_missing_package_is_named_with_its_extra(without):
    without("pypdf")
    assert missing_packages("documents") == ["pypdf"]
    with pytest.raises(SettingsError, match=r"^Packages for PDF files are not installed: pypdf\.$") as raised:
        check_extra("documents", "PDF files")
    assert raised.value.hint.endswith("pip install '.[documents]'")


def test_an_extra_is_installed_from_the_source_and_another_package_by_its_name():
    assert install_hint(".[slack]") == "Install it, in the folder of newsqa's source: pip install '.[slack]'"
    assert install_hint("langchain-aws") == "Install it: pip install langchain-aws"


def test_extracted_answers_need_no_extra(without, sample_index):
    without(*OPTIONAL)
    with open_pipeline(Settings(index=sample_index)) as desk:
        answer = desk.ask("How many people were hurt when the Grey Heron ran aground?")
        traced = desk.ask("Which article is this from: “We are nobody's spare wheel”?")
        refused = desk.ask("How many penguins live in Orrinport zoo?")
    assert answer.citations
    assert traced.citations
    assert refused.refused


def test_a_hosted_model_writes_without_an_extra(without, sample_index, monkeypatch):
    without(*OPTIONAL)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-4711")
    settings = Settings(index=sample_index, model="openai:gpt-4.1-mini")
    with open_pipeline(settings) as desk:
        assert desk.model == desk.judge.name == settings.model
    assert describe_model(settings.model, settings).usable


def test_an_embedder_of_a_server_needs_no_extra(without, monkeypatch):
    without(*OPTIONAL)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-4711")
    listed = list_models(Settings(embedder="openai:text-embedding-3-small"))
    assert [entry.usable for entry in listed if entry.does == "embeds" and entry.chosen] == [True]


@pytest.mark.parametrize(
    "command", [["run", "set.jsonl"], ["score", "answers.jsonl", "set.jsonl"], ["compare", "a", "b"]]
)
def test_an_evaluation_says_what_to_install_before_it_asks_anything(without, monkeypatch, capsys, tmp_path, command):
    without("scipy", "jinja2")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["newsqa", "eval", *command])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    error = capsys.readouterr().err
    assert "Packages for evaluation are not installed: jinja2, scipy." in error
    assert "pip install '.[eval]'" in error


def test_a_price_is_unknown_without_the_list(without):
    from newsqa.models.usage import Price

    without("genai_prices")
    assert not Price("openai:gpt-4.1-mini").known
    assert Price("local").dollars(10, 10) == 0


def test_the_commands_start_without_the_packages_of_the_bots():
    code = f"import sys\nsys.modules.update(dict.fromkeys({OPTIONAL}))\nimport newsqa.cli"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
