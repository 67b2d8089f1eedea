"""/ask, buttons, failures, a restart, an end in mid-answer: the real client of Discord, over the wire."""

import json
import signal
import subprocess
from dataclasses import replace
from itertools import pairwise

import pytest
from discord_asking import CHEESE_QUESTION, KEY, LAMP_QUESTION, Asking, asking, modelled
from discord_news import CHEESE, LAMP, PRIZE, copied
from discord_process import NEWSQA, discord_bot
from discord_world import CHANNEL, DIRECT, FRIEND

pytestmark = pytest.mark.wire

EPHEMERAL = 1 << 6


@pytest.fixture(scope="module")
def bot(tmp_path_factory, discord_index):
    with asking(discord_index, tmp_path_factory.mktemp("discord") / "bot") as bot:
        yield bot


@pytest.fixture(autouse=True)
def well_behaved(bot):
    bot.script.status, bot.script.error = 200, None
    yield
    bot.well_behaved()


def asked(bot, question, **where):
    """Ask by /ask; return the interaction when its answer stands."""
    made = bot.discord.ask(question, **where)
    bot.discord.until(lambda: any(post.buttons for post in made.messages))
    return made


def told(bot, interaction):
    """Return what the one who clicked is told, and that nobody else sees it."""
    bot.discord.until(lambda: interaction.messages)
    assert all(post.ephemeral for post in interaction.messages)
    return " ".join(post.content for post in interaction.messages)


def test_ask_is_acknowledged_at_once_and_answered_for_the_asker_alone(bot):
    bot.scripted(copied(CHEESE, PRIZE), pace=0.05)
    made = bot.discord.ask(CHEESE_QUESTION)
    at, callback = bot.discord.until(lambda: made.callbacks)[0]
    assert callback["type"] == 5
    assert callback["data"]["flags"] == EPHEMERAL
    assert at - made.at < 3
    answer = bot.discord.until(lambda: [post for post in made.messages if post.buttons])[0]
    assert answer.content == f"{CHEESE} [1] {PRIZE} [2]"
    assert answer.ephemeral
    assert all(later - earlier > 1.15 for earlier, later in pairwise(answer.edits))
    assert bot.discord.shown(CHANNEL) == []


def test_what_was_asked_privately_is_shared_once_with_who_shares_it(bot):
    bot.scripted(copied(CHEESE))
    answer = asked(bot, f"{CHEESE_QUESTION} https://preview.example/page").messages[0]
    share = next(button for button in answer.buttons if "share" in button)
    seen = replace(answer)  # as somebody sees it who presses twice
    click, again = bot.discord.click(share, answer), bot.discord.click(share, seen)
    bot.discord.until(lambda: any(post.buttons for post in click.messages))
    assert "already" in told(bot, again)
    assert not any(post.ephemeral for post in click.messages)
    text = "\n".join(post.content for post in click.messages)
    assert "Ilse" in text
    assert CHEESE_QUESTION in text
    assert f"{CHEESE} [1]" in text
    assert not any("share" in button for post in (*click.messages, answer) for button in post.buttons)
    answer.deleted = True
    for post in click.messages:
        post.deleted = True


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (401, 50027)])
def test_an_answer_whose_token_has_expired_is_a_message_in_the_channel(bot, status, code):
    bot.scripted(copied(LAMP))
    bot.discord.misbehave("PATCH", "@original", status, {"code": code, "message": "expired"}, times=9)
    bot.discord.ask(LAMP_QUESTION)
    posted = bot.discord.until(lambda: [post for post in bot.discord.shown(CHANNEL) if post.buttons])
    assert posted[0].content == f"{LAMP} [1]"
    assert not any("share" in button for button in posted[0].buttons)
    first = bot.discord.shown(CHANNEL)[0].content
    assert "Ilse" in first
    assert LAMP_QUESTION in first
    bot.discord.rest.faults.clear()
    for post in bot.discord.shown(CHANNEL):
        post.deleted = True


def test_ask_in_a_direct_message_needs_no_sharing(bot):
    bot.scripted(copied(CHEESE))
    answer = asked(bot, CHEESE_QUESTION, channel=DIRECT).messages[0]
    assert not answer.ephemeral
    assert not any("share" in button for button in answer.buttons)


def test_a_verdict_counts_once_a_person_and_can_be_changed(bot):
    _, answer = bot.answered(CHEESE_QUESTION, copied(CHEESE))
    good, bad = answer.buttons[:2]
    first, again = bot.discord.click(good, answer), None
    thanks = told(bot, first)
    again = told(bot, bot.discord.click(good, answer))
    assert thanks != again
    assert told(bot, bot.discord.click(good, answer, FRIEND)) == thanks
    assert told(bot, bot.discord.click(bad, answer)) == thanks
    assert [line["verdict"] for line in bot.process.lines("feedback")] == ["good", "good", "bad"]


def test_nothing_found_says_so_with_what_is_nearest(bot):
    place, answer = bot.answered("Who stole the moon buggy from the museum of Vell?", "NOT FOUND")
    assert "do not answer" in answer.content
    assert "searched" in answer.content
    assert place


def test_a_failing_model_becomes_a_line_with_an_id_and_no_secret(bot):
    bot.script.status, bot.script.error = 401, {"error": {"message": f"key {KEY} is refused"}}
    place = bot.mention(CHEESE_QUESTION)
    post = bot.discord.until(lambda: [p for p in bot.discord.shown(place) if "incident" in p.content])[0]
    incident = post.content.rstrip(".").split()[-1]
    assert incident in json.dumps(bot.process.logged("failed"))
    assert "Traceback" not in post.content
    assert KEY not in post.content


def test_what_is_answered_is_what_newsqa_ask_answers(bot, discord_index, tmp_path):
    _, answer = bot.answered(CHEESE_QUESTION, copied(CHEESE, PRIZE))
    environ = {"PATH": "", "NEWSQA_SESSIONS": str(tmp_path), **modelled(bot.script)}
    run = subprocess.run(
        [*NEWSQA, "ask", CHEESE_QUESTION, "--json", "--index", str(discord_index)],
        env=environ, capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    record = json.loads(run.stdout)
    assert answer.content == record["text"]
    sources = [embed for embed in answer.payload["embeds"] if embed.get("title", "").startswith("[")]
    assert [embed["url"].partition("#")[0] for embed in sources] == [c["url"] for c in record["citations"]]
    assert [c["quote"] in embed["description"] for c, embed in zip(record["citations"], sources, strict=True)] == [
        True
    ] * len(sources)


def test_a_command_to_the_bot_is_answered_to_who_gave_it(bot):
    made = bot.discord.command("newsqa", command="forget me")
    post = bot.discord.until(lambda: [post for post in made.messages if "forgot" in post.content.lower()])[0]
    assert post.ephemeral
    assert {command["name"] for command in bot.discord.commands} == {"ask", "newsqa"}


def test_what_a_killed_bot_left_is_answered_once_by_the_next_and_buttons_still_work(bot, discord_index):
    place, answer = bot.answered(CHEESE_QUESTION, copied(CHEESE))
    bot.scripted(copied(LAMP))
    private = asked(bot, LAMP_QUESTION).messages[0]
    thanks = told(bot, bot.discord.click(answer.buttons[0], answer))
    bot.scripted(copied(PRIZE), pace=5.0)
    open_one = bot.mention("Who won the first prize for cheese in Ostby?")
    working = bot.discord.until(lambda: bot.discord.shown(open_one))[0]
    bot.process.popen.kill()
    bot.process.popen.wait()
    bot.scripted(copied(PRIZE))
    with discord_bot(bot.discord, discord_index, bot.process.log.parent, **modelled(bot.script)) as again:
        bot.process = again
        requests, shown = len(bot.script.requests), len(bot.discord.shown(place))
        bot.discord.replay(place)
        assert told(bot, bot.discord.click(answer.buttons[0], answer)) != thanks
        assert told(bot, bot.discord.click(answer.buttons[0], answer, FRIEND)) == thanks
        share = next(button for button in private.buttons if "share" in button)
        click = bot.discord.click(share, private)
        bot.discord.until(lambda: any(LAMP in post.content for post in click.messages))
        assert bot.ended(open_one) is working
        assert working.content == f"{PRIZE} [1]"
        assert len(bot.script.requests) == requests + 1
        assert len(bot.discord.shown(place)) == shown
        _interrupted(bot)


def _interrupted(bot: Asking) -> None:
    """A bot that is stopped in mid-answer says so in its place, and is gone within ten seconds."""
    bot.scripted(copied(CHEESE), pace=5.0)
    place = bot.mention(CHEESE_QUESTION)
    working = bot.discord.until(lambda: bot.discord.shown(place))[0]
    assert bot.process.stop(signal.SIGTERM) < 10
    assert bot.process.popen.returncode == 0
    assert "stopped" in working.content
    assert bot.discord.shown(place) == [working]
