"""`newsqa bots`: what it shows, changes and forgets, while a bot runs."""

import json
import os
import stat
import sys
from contextlib import closing

import pytest
from scripted_desk import answer_of, answered, everything, message, scripted_bot

from newsqa import cli
from newsqa.bot.events import ConversationPlace
from newsqa.bot.store import Store
from newsqa.evals.datasets import read_set

OTHER = ConversationPlace("slack", "T1", "C2", "1.1")
DIRECT = ConversationPlace("slack", "T1", "D1", direct=True)
SERVER = ConversationPlace("discord", "381870553235193857", "811", "812")


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("NEWSQA_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NEWSQA_SESSIONS", str(tmp_path / "kept"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "kept"


@pytest.fixture
def bots(monkeypatch, capfd):
    """Run `newsqa bots …` in this process; return its exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["newsqa", "bots", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capfd.readouterr()
        return left.value.code or 0, out, err

    return run


@pytest.fixture
def kept(folder):
    """A store in which four questions were answered, one of them a refusal, and others ended otherwise."""
    store = Store(folder)
    for number, (place, person, refused) in enumerate([
        (message().place, "U1", False), (OTHER, "U2", True), (DIRECT, "U2", False), (SERVER, "77", False),
    ]):  # fmt: skip
        asked = message(f"Zebra {number}?", f"{number}.0", place, person)
        store.claim(asked, f"e{number}", asked.text)
        store.save_answer(f"e{number}", answer_of(asked.text, f"Yak {number}.", refused=refused))
        store.mark_delivered(f"e{number}", ["9"])
        store.count_outcome(place, "refused" if refused else "answered")
    for outcome in ("failed", "limited", "interrupted", "left"):
        store.count_outcome(OTHER, outcome)
    store.save_vote("e0", "U9", "good")
    store.save_vote("e1", "U9", "bad")
    yield store
    store.close()


def counts(folder):
    """Return how many answers are still kept, by channel."""
    with closing(Store(folder)) as store:
        return [bool(store.load_answer(f"e{number}")) for number in range(4)]


def test_status_of_nothing_says_so_and_makes_nothing(bots, folder):
    code, out, _ = bots("status")
    assert (code, out) == (0, f"No bot has kept anything in {folder} yet.\n")
    assert not folder.exists()


def test_status_tells_what_became_of_questions_and_where(bots, kept):
    kept.disable("slack", "C9")
    code, out, _ = bots("status")
    assert code == 0
    today, month, votes, running, *channels = out.splitlines()
    ends = (
        "3 answered, 1 refused for lack of evidence, 1 failed, 1 interrupted, 1 taken back by their askers, 1 not taken"
    )
    assert today == f"Today: 7 questions, {ends} because of limits."
    assert month == today.replace("Today", "In the last 30 days")
    assert running == "1 bot running here."  # the test itself has the store open
    assert votes == "Votes: 1 good, 1 bad. Answers kept: 4."
    assert channels[0].split()[:4] == ["Slack", "direct", "messages:", "1"]
    assert sorted(line.split()[:3] for line in channels[1:-1]) == [
        ["Discord", "811:", "1"],
        ["Slack", "C1:", "1"],
        ["Slack", "C2:", "4"],
    ]
    assert channels[-1].split() == ["Slack", "C9:", "0", "questions", "·", "silent"]


def test_status_as_json_holds_the_same_and_what_the_settings_list(bots, kept, monkeypatch):
    monkeypatch.setenv("NEWSQA_BOT_CHANNELS", "C2")
    code, out, _ = bots("status", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["today"]["questions"] == 7
    assert told["votes"] == {"good": 1, "bad": 1}
    channels = {channel["id"]: channel for channel in told["channels"]}
    assert {name: channel["listed"] for name, channel in channels.items()} == {
        "": True,
        "C1": False,
        "C2": True,
        "811": False,
    }
    assert channels["C2"]["counts"]["refused"] == 1
    assert "Zebra" not in out
    assert not any(person in out for person in ("U1", "U2", "U9"))


async def test_a_running_bot_heeds_at_once_what_is_changed(bots, folder):
    async with scripted_bot(folder) as (bot, desk):
        code, out, _ = bots("disable", "C1")
        assert (code, out) == (0, "newsqa is silent in C1 (Slack), from the next question on.\n")
        assert await everything(bot, message()) == []
        assert desk.calls == []
        assert bots("enable", "<#C1|news>")[1].startswith("newsqa answers in C1 (Slack) again")
        told = await answered(bot, desk, message())
        assert bots("enable", "C1")[1] == "C1 (Slack) was not disabled.\n"
        status = json.loads(bots("status", "--json")[1])
        assert (status["running"], status["today"]["answered"]) == (1, 1)
        assert bots("forget", "--person", "U1", "--yes")[0] == 0
        assert await bot.load_answer(told.request_id) is None
    assert json.loads(bots("status", "--json")[1])["running"] == 0


@pytest.mark.parametrize("name", ["#news", "general", "U1", "", "C1;", "١٢"])
def test_what_is_no_channel_is_refused_with_where_to_find_one(bots, folder, name):
    code, _, err = bots("disable", name)
    assert code == 2
    assert "Copy Channel ID" in err
    assert not folder.exists()


def test_a_channel_that_the_settings_leave_out_is_told(bots, monkeypatch):
    monkeypatch.setenv("NEWSQA_BOT_CHANNELS", "C2")
    assert "NEWSQA_BOT_CHANNELS" in bots("enable", "C1")[2]


@pytest.mark.parametrize(
    ("wanted", "left", "number"),
    [
        (("--channel", "C1"), [False, True, True, True], 1),
        (("--channel", "811"), [True, True, True, False], 1),
        (("--channel", "C7"), [True] * 4, 0),
        (("--person", "U2"), [True, False, False, True], 2),
        (("--person", "77"), [True, True, True, False], 1),
        (("--all",), [False] * 4, 4),
    ],
)
def test_forgetting_forgets_that_and_no_more(bots, kept, folder, *, wanted, left, number):
    code, out, _ = bots("forget", *wanted, "--yes")
    assert code == 0
    assert f" {number} question{'' if number == 1 else 's'} in all" in out
    assert counts(folder) == left


@pytest.mark.parametrize("wanted", [(), ("--all", "--person", "U1"), ("--channel", "news", "--yes")])
def test_forgetting_wants_one_thing_named(bots, kept, folder, wanted):
    assert bots("forget", *wanted)[0] == 2
    assert counts(folder) == [True] * 4


@pytest.mark.parametrize(("said", "code", "left"), [("y\n", 0, False), ("\n", 1, True), ("no\n", 1, True)])
def test_forgetting_asks_first(bots, kept, folder, monkeypatch, *, said, code, left):
    class Terminal:
        def isatty(self):
            return True

        def readline(self):
            return said

    monkeypatch.setattr(sys, "stdin", Terminal())
    found = bots("forget", "--all")
    assert found[0] == code
    assert "cannot be undone" in found[2]
    assert counts(folder) == [left] * 4


def test_forgetting_without_a_terminal_wants_yes(bots, kept, folder):
    code, _, err = bots("forget", "--all")
    assert code == 2
    assert "--yes" in err
    assert counts(folder) == [True] * 4


def test_forgetting_where_nothing_is_kept_is_fine(bots, folder):
    assert bots("forget", "--all", "--yes")[0] == 0
    assert not folder.exists()


def test_votes_become_a_set_that_can_be_asked(bots, kept, tmp_path):
    code, out, _ = bots("feedback", "--out", "votes.jsonl")
    assert code == 0
    assert "2 questions in votes.jsonl: 1 with answers that were found good, 1 to be looked at." in out
    items = {item.id: item for item in read_set(tmp_path / "votes.jsonl")}
    assert items["e0"].question == "Zebra 0?"
    assert items["e0"].answers == ("Yak 0.",)
    assert items["e0"].gold[0].article_id == "a1"
    assert items["e1"].answerable is None
    assert stat.S_IMODE((tmp_path / "votes.jsonl").stat().st_mode) == 0o600
    assert "U9" not in (tmp_path / "votes.jsonl").read_text("utf-8")


def test_a_set_is_never_written_over_a_file(bots, kept, tmp_path):
    (tmp_path / "feedback.jsonl").write_text("mine")
    code, _, err = bots("feedback")
    assert code == 1
    assert "--out" in err
    assert (tmp_path / "feedback.jsonl").read_text() == "mine"


def test_without_votes_no_file_is_written(bots, tmp_path):
    assert bots("feedback")[0] == 1
    assert list(tmp_path.glob("*.jsonl")) == []
