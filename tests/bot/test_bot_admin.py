"""`/newsqa` within a platform: who may do what, and what it does."""

from contextlib import closing
from dataclasses import replace

import pytest
from scripted_desk import answer_of, answered, disabled_channels, everything, message, scripted_bot

from newsqa.bot.admin import FAILED, run_admin_command
from newsqa.bot.events import ConversationPlace
from newsqa.bot.store import Store
from newsqa.settings import Settings

HERE = ConversationPlace("slack", "T1", "C1", "100.1")
OTHER = ConversationPlace("slack", "T1", "C2", "1.1")


@pytest.fixture
def settings(tmp_path):
    return Settings(sessions=tmp_path, bot_admins=frozenset({"UADMIN"}))


def keep(settings, exchange, place=HERE, person="U1"):
    with closing(Store(settings.sessions)) as store:
        asked = message("Zebra?", exchange, place, person)
        store.claim(asked, exchange, asked.text)
        store.save_answer(exchange, answer_of(asked.text))
        store.count_outcome(place, "answered")


def kept(settings, *exchanges):
    with closing(Store(settings.sessions)) as store:
        return [bool(store.load_answer(exchange)) for exchange in exchanges]


def as_admin(settings, text, place=HERE):
    return run_admin_command(text, "UADMIN", place, settings)


@pytest.mark.parametrize("text", ["status", "channels", "disable", "enable C2", "forget channel", "forget", "nonsense"])
def test_others_are_told_kindly_what_they_may_do(settings, text):
    keep(settings, "e1")
    told = run_admin_command(text, "U1", HERE, settings)
    assert "forget me" in told
    assert kept(settings, "e1") == [True]
    with closing(Store(settings.sessions)) as store:
        assert disabled_channels(store) == []


def test_with_no_admins_listed_nobody_is_one(settings):
    assert "look after me" in run_admin_command("status", "", HERE, replace(settings, bot_admins=frozenset()))


def test_help_shows_each_what_they_may_do(settings):
    for text in ("", "help", " HELP "):
        assert "/newsqa forget me" in run_admin_command(text, "U1", HERE, settings)
    assert "disable" not in run_admin_command("help", "U1", HERE, settings)
    assert "/newsqa disable" in as_admin(settings, "help")


def test_everybody_may_have_forgotten_what_they_asked_and_no_more(settings):
    keep(settings, "e1")
    keep(settings, "e2", OTHER)
    keep(settings, "e3", OTHER, "U2")
    told = run_admin_command("Forget me", "U1", OTHER, settings)
    assert told.startswith("Forgotten: 2 questions")
    assert "Slack" in told
    assert kept(settings, "e1", "e2", "e3") == [False, False, True]


def test_a_channel_is_forgotten_here_or_by_name(settings):
    for exchange, place in (("e1", HERE), ("e2", OTHER)):
        keep(settings, exchange, place)
    assert as_admin(settings, "forget channel").startswith("Forgotten: 1 question ")
    assert kept(settings, "e1", "e2") == [False, True]
    as_admin(settings, "forget channel <#C2|news>")
    assert kept(settings, "e2") == [False]


def test_status_counts_and_shows_no_words(settings):
    keep(settings, "e1")
    told = as_admin(settings, "status")
    assert "Today: 1 question, 1 answered." in told
    assert "Zebra" not in told


def test_channels_are_listed_with_where_it_is_silent(settings):
    assert as_admin(settings, "channels") == "I was not asked anywhere yet."
    keep(settings, "e1")
    keep(settings, "e2", ConversationPlace("slack", "T1", "D1", direct=True))
    keep(settings, "e3", ConversationPlace("discord", "1", "811"))
    as_admin(settings, "disable C2")
    assert as_admin(replace(settings, bot_channels=frozenset({"C2"})), "channels").splitlines() == [
        "direct messages: 1 question",
        "C1 (here): 1 question · not on the list of channels in my settings",
        "C2: 0 questions · silent",
    ]


async def test_a_running_bot_is_silent_where_an_admin_says_so(settings):
    async with scripted_bot(settings.sessions) as (bot, desk):
        assert "silent in C1" in as_admin(settings, "disable")
        assert await everything(bot, message()) == []
        assert as_admin(settings, "enable") == "I answer in C1 again."
        assert "not silent there" in as_admin(settings, "enable")
        await answered(bot, desk, message())


def test_enabling_what_the_settings_leave_out_is_told(settings):
    assert "not among them" in as_admin(replace(settings, bot_channels=frozenset({"C2"})), "enable C1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("disable #news", "no id of a channel"),
        ("disable a b", "one channel"),
        ("forget channel 811", "no channel of this platform"),
        ("channel", "/newsqa help"),
        ("forget everything", "/newsqa help"),
        ("enable channel C1 C2", "one channel"),
    ],
)
def test_what_cannot_be_understood_changes_nothing(settings, text, says):
    keep(settings, "e1")
    assert says in as_admin(settings, text)
    assert kept(settings, "e1") == [True]
    with closing(Store(settings.sessions)) as store:
        assert disabled_channels(store) == []


def test_what_goes_wrong_is_told_without_paths(settings, tmp_path):
    (tmp_path / "bot.db").write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    told = as_admin(settings, "status")
    assert told == FAILED
    assert run_admin_command("forget me", "U1", HERE, settings) == FAILED
