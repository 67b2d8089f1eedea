"""The docs name files that exist, and keep to one width."""

import re

import pytest

from places import DOCS, ROOT, TESTS

PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md")])
SOURCE = ROOT / "src" / "newsqa"


def named_files(page):
    """Return the files that a page names as code: `search/rerank.py`, `tools/structure.py`, `corpus/`."""
    return re.findall(r"`([\w./-]+(?:\.(?:py|md|toml|txt|jsonl|svg)|/))`", page.read_text("utf-8"))


@pytest.mark.parametrize("page", [DOCS / "architecture.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_every_file_that_the_walk_names_exists(page):
    named = named_files(page)
    assert len(named) > 15
    assert [name for name in named if not (SOURCE / name).exists() and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_lines_have_120_characters_at_most(page):
    prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert [line for line in prose.splitlines() if len(line) > 120] == []


def test_every_fault_names_tests_that_exist():
    page = (DOCS / "reliability.md").read_text("utf-8")
    sources = "".join(file.read_text("utf-8") for file in TESTS.rglob("test_*.py"))
    existing = set(re.findall(r"^(?:async )?def (test_\w+)|^(Test\w+) =", sources, re.MULTILINE))
    existing = {name for pair in existing for name in pair}
    assert set(re.findall(r"`((?:test_|Test)\w+)`", page)) <= existing
    faults = re.split(r"^\d+\. ", page.partition("## Kills")[0], flags=re.MULTILINE)[1:]
    assert len(faults) == 32
    assert all("`test_" in fault for fault in faults)


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 120
