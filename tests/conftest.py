"""Fixtures that several rooms share."""

import json

import pytest
from hypothesis import HealthCheck, settings

from newsqa import Settings, index_source
from places import CORPUS
from slack_news import make_index

settings.register_profile("newsqa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("newsqa")  # what is right does not depend on how busy a machine is

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
def news_index(tmp_path_factory, news_folder):
    """An index of `news_folder`, made with the models that come with newsqa."""
    folder = tmp_path_factory.mktemp("index") / "newsqa"
    index_source(Settings(index=folder), str(news_folder))
    return folder


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory):
    """An index of `corpus`, made with the models that come with newsqa."""
    folder = tmp_path_factory.mktemp("sample") / "newsqa"
    index_source(Settings(index=folder), str(CORPUS))
    return folder


@pytest.fixture(scope="session")
def slack_index(tmp_path_factory):
    """An index of the articles that a bot in Slack is asked about, made with the models that come with newsqa."""
    return make_index(tmp_path_factory.mktemp("slack"))


@pytest.fixture(scope="session")
def discord_index(tmp_path_factory):
    """An index of the few articles that bots in Discord are asked about."""
    from discord_news import make_index  # noqa: PLC0415  only their tests need it

    return make_index(tmp_path_factory.mktemp("discord-news"))
