"""Discord's connection is lost in every way, its intents are withheld, lists and limits are set: over the wire."""

import pytest
from discord_asking import CHEESE_QUESTION, LAMP_QUESTION, asking
from discord_news import CHEESE, LAMP, PRIZE, STOPS, copied, make_index
from discord_world import BOT, CHANNEL, DIRECT, FOURTH, FRIEND, OTHER_CHANNEL, THIRD
from health_reader import free_port, health, metrics, until

pytestmark = pytest.mark.wire

MESSAGE_CONTENT = 1 << 15
RATE = 6


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def bot(tmp_path_factory, port):
    """A bot that may not read all messages, in one channel, with a limit a person."""
    folder = tmp_path_factory.mktemp("discord")
    limits = {"NEWSQA_BOT_RATE": str(RATE), "NEWSQA_BOT_CHANNELS": f"{CHANNEL}, 12345", "NEWSQA_BOT_PORT": str(port)}
    with asking(make_index(folder, long=True), folder / "bot", content=False, **limits) as bot:
        bot.scripted(copied(CHEESE))
        yield bot


@pytest.fixture(autouse=True)
def well_behaved(bot):
    yield
    bot.well_behaved()


def test_without_the_intent_it_goes_on_and_says_what_that_costs(bot):
    first, second = bot.discord.gateway.identified
    assert first["intents"] & MESSAGE_CONTENT
    assert not second["intents"] & MESSAGE_CONTENT
    assert "Message Content Intent" in bot.process.logged("without_message_content")["hint"]
    place, _ = bot.answered(CHEESE_QUESTION, copied(CHEESE))
    asked = len(bot.script.requests)
    bot.discord.say("And who won the first prize there?", place)  # it comes without its words
    bot.scripted(copied(PRIZE))
    bot.discord.say(f"<@{BOT}> And who won the first prize there?", place)
    assert PRIZE in bot.ended(place, 2).content
    assert len(bot.discord.shown(place)) == 2
    assert "Ostby: who won the first prize there?" in str(bot.script.requests[asked:])


def test_a_channel_that_is_not_listed_is_not_served(bot):
    asked = len(bot.script.requests)
    mentioned = bot.mention(CHEESE_QUESTION, OTHER_CHANNEL)
    click = bot.discord.ask(CHEESE_QUESTION, OTHER_CHANNEL)
    told = bot.discord.until(lambda: [post for post in click.messages if post.content])[0]
    assert told.ephemeral
    assert "not answer here" in told.content
    bot.answered(LAMP_QUESTION, copied(LAMP))  # the mention has been heard by now
    assert mentioned not in bot.discord.threads
    assert bot.discord.shown(OTHER_CHANNEL) == []
    assert len(bot.script.requests) == asked + 1


@pytest.fixture(scope="module")
def notice(bot):
    """What somebody over the limit reads who takes no direct messages."""
    bot.scripted(copied(CHEESE))
    bot.discord.misbehave("POST", f"/channels/{DIRECT}/messages", 403, {"code": 50007, "message": "Cannot send"})
    asked = [bot.mention(CHEESE_QUESTION, author=FOURTH) for _ in range(RATE + 1)]
    notice = bot.discord.until(lambda: bot.discord.shown(CHANNEL))[0]
    assert str(notice.reply_to) == asked[-1]
    return notice


def test_who_takes_no_direct_messages_is_told_by_a_reply(notice):
    assert "again in" in notice.content


@pytest.mark.parametrize("lost", ["op 7", "op 9, resumable", "close 4000", "hard drop", "op 9"])
def test_the_next_question_is_answered_however_the_connection_was_lost(bot, lost):
    gateway, bot_before = bot.discord.gateway, len(bot.discord.gateway.sockets)
    bot.scripted(copied(LAMP))
    ways = {
        "op 7": gateway.reconnect,
        "op 9, resumable": lambda: gateway.invalidate(resumable=True),
        "op 9": lambda: gateway.invalidate(resumable=False),
        "close 4000": lambda: gateway.close(4000),
        "hard drop": gateway.drop,
    }
    bot.discord.run(ways[lost]())
    if lost == "op 9":  # what is said before a new session is not told to it
        bot.discord.until(lambda: len(gateway.sockets) > bot_before and gateway.connected)
    place = bot.mention(LAMP_QUESTION, author=THIRD)
    answer = bot.discord.until(lambda: [post for post in bot.discord.shown(place) if post.buttons], seconds=15)
    assert len(gateway.sockets) > bot_before
    assert f"{LAMP} [1]" == answer[0].content


def test_somebody_over_the_limit_is_told_once_and_in_private(bot):
    bot.scripted(copied(CHEESE))
    asked = [bot.mention(CHEESE_QUESTION, author=FRIEND) for _ in range(RATE + 3)]
    notice = bot.discord.until(lambda: bot.discord.shown(DIRECT))
    bot.discord.until(lambda: len([place for place in asked if bot.discord.shown(place)]) == RATE)
    for place in asked[:RATE]:
        bot.ended(place)
    assert "again in" in notice[0].content
    assert bot.discord.shown(DIRECT) == notice
    created = [call.body for call in bot.discord.calls if call.path == "/users/@me/channels"]
    assert str(created[-1]["recipient_id"]) == FRIEND


def test_a_very_long_answer_loses_nothing(bot):
    place, _ = bot.answered("Which stops does the Grand Trunk tramway have?", copied(*STOPS))
    posts = bot.discord.shown(place)
    text = " ".join(post.content for post in posts)
    stood = [stop for stop in STOPS if stop in text]
    told = [
        embed["title"] for post in posts for embed in post.payload["embeds"] if embed.get("title", "").startswith("[")
    ]
    assert len(stood) == len(told) > 20
    assert len(text) > 19_500
    assert all(len(post.content) <= 2_000 for post in posts)
    assert [bool(post.buttons) for post in posts] == [False] * (len(posts) - 1) + [True]


def test_that_reply_has_gone_away_by_then(bot, notice):
    bot.discord.until(lambda: notice.deleted)
    assert bot.discord.shown(CHANNEL) == []


def test_it_tells_on_its_port_that_it_is_connected_again(bot, port):
    until(lambda: metrics(port)["newsqa_connected",] == 1)
    before = metrics(port)["newsqa_reconnects_total",]
    bot.discord.run(bot.discord.gateway.reconnect())
    until(lambda: metrics(port)["newsqa_reconnects_total",] > before)
    status, told = health(port)
    assert (status, told["connected"], told["platform"]) == (200, True, "discord")
