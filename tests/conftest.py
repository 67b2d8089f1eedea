"""Fixtures that several rooms share, and what no test may do where CI is set: skip."""

import json
import os
import shutil

import pytest
from filelock import FileLock
from slack_news import make_index

import remembered_runs
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from places import CORPUS
from thoroughness import CI, load_profile

load_profile()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    """Fail a test that skips where CI is set: what it lacks is to be installed there."""
    return not_skipped((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    """Fail a module that skips where CI is set."""
    return not_skipped((yield))


def not_skipped(report):
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        _, _, reason = report.longrepr
        report.outcome, report.longrepr = "failed", f"No test may skip where CI is set. {reason}"
    return report


def pytest_collection_modifyitems(config, items):
    """Deselect tests that a class inherits from a standard suite and names as `INAPPLICABLE`."""
    out = {item for item in items if item.cls and item.originalname in getattr(item.cls, "INAPPLICABLE", ())}
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


HOSTILE = "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[2J\x1b[1;1H\x9b31m\x9d0;owned\x9c\r\u202e[/b]"
"""What sets a terminal's title and clipboard, clears it and moves its cursor, by escapes and by C1 controls."""

ARTICLES = [
    {
        "title": "Lighthouse at Cape Ansell goes dark after 140 years",
        "outlet": "Tarn Herald",
        "author": "Ilse Brandvold",
        "published": "2025-05-02",
        "url": "https://tarn-herald.example/lighthouse",
        "text": "The lighthouse at Cape Ansell was switched off on Thursday night after 140 years of service.\n\n"
        "The coast guard said that 212 ships had steered by it last year. Its keeper, Joren Maddock, "
        "climbed the tower's 187 steps for the last time at nine in the evening. “I shall miss the fog,” he said.",
    },
    {
        "title": "Cheese festival in Ostby draws record crowd",
        "outlet": "Ostby Gazette",
        "published": "2025-05-10",
        "url": "https://ostby-gazette.example/cheese",
        "text": "Some 9,400 visitors came to the cheese festival in Ostby on Saturday, more than ever before.\n\n"
        "The first prize went to Runa Selbach for a blue cheese that she had kept in a mine for two years. "
        "The mayor, Piet Holloway, promised a second hall for next year.",
    },
    {
        "title": f"Canal {HOSTILE} closed",
        "outlet": f"Canal Watch {HOSTILE}",
        "published": "2025-05-12",
        "text": f"The Brackwater canal was closed for repairs on Monday. {HOSTILE}\n\n"
        f"Engineers found eleven leaks near the Tolver lock, said Nadia Quell of{HOSTILE.replace(chr(13), '')}.",
    },
    {
        "title": "How to find the old ferry landing",
        "outlet": "Tarn Herald",
        "text": "The old ferry landing at Wick lies behind the boathouse. Nothing but a stone bench is left of it.",
    },
]


@pytest.fixture(scope="session", autouse=True)
def _no_settings_file(tmp_path_factory):
    """No test reads the settings file of the person who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _remembered_runs():
    """Models run once for an input, however many tests put it to them."""
    with remembered_runs.remembered_runs():
        yield


@pytest.fixture
def real_runs():
    """Have the models that a test loads run for every input, also for one that they had before."""
    with remembered_runs.real_runs():
        yield


@pytest.fixture(scope="session")
def hostile():
    """What an article, a title or a file name may hold to take over a terminal."""
    return HOSTILE


@pytest.fixture(scope="session")
def news_folder(tmp_path_factory):
    """A folder with a few invented articles, one of them hostile, one undated."""
    folder = tmp_path_factory.mktemp("news")
    for number, article in enumerate(ARTICLES):
        (folder / f"{number}.json").write_text(json.dumps(article), "utf-8")
    return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Return what makes a folder once for all processes of a run of tests, and gives each of them a copy."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name, make):
        first = shared / f"first-{name}"
        with FileLock(f"{first}.lock"):
            if not first.exists():
                make(unfinished := tmp_path_factory.mktemp(f"unfinished-{name}"))
                unfinished.rename(first)
        return shutil.copytree(first, tmp_path_factory.mktemp(name), dirs_exist_ok=True)

    return made


@pytest.fixture(scope="session")
def news_index(made_once, news_folder):
    """An index of `news_folder`, made with the models that come with newsqa."""
    return made_once("news-index", lambda folder: index_source(Settings(index=folder), str(news_folder)))


@pytest.fixture(scope="session")
def sample_index(made_once):
    """An index of `corpus`, made with the models that come with newsqa."""
    return made_once("sample-index", lambda folder: index_source(Settings(index=folder), str(CORPUS)))


@pytest.fixture(scope="session")
def slack_index(made_once):
    """An index of the articles that a bot in Slack is asked about, made with the models that come with newsqa."""
    return made_once("slack-news", make_index) / "index"


@pytest.fixture(scope="session")
def discord_index(made_once):
    """An index of the few articles that bots in Discord are asked about."""
    from discord_news import make_index

    return made_once("discord-news", make_index) / "index"
