"""What people in Discord see of answers: the real client, in a process of its own, over the wire."""

import re
from itertools import pairwise

import pytest
from discord_asking import CHEESE_QUESTION, LAMP_QUESTION, asking, either
from discord_news import CHEESE, LAMP, PING, PRIZE, copied
from discord_world import (
    BOT,
    BOT_ROLE,
    CHANNEL,
    DIRECT,
    FRIEND,
    HUMAN_THREAD,
    NO_THREADS,
    OTHER_BOT,
    OTHER_CHANNEL,
)

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def bot(tmp_path_factory, discord_index):
    with asking(discord_index, tmp_path_factory.mktemp("discord") / "bot") as bot:
        yield bot


@pytest.fixture(autouse=True)
def well_behaved(bot):
    yield
    bot.well_behaved()


def test_a_mention_is_answered_in_a_thread_of_its_own_sentence_by_sentence(bot):
    bot.scripted(copied(CHEESE, PRIZE), pace=0.05)
    place = bot.mention(CHEESE_QUESTION)
    working = bot.discord.until(lambda: bot.discord.shown(place))[0]
    assert CHEESE not in working.content
    assert "cheese festival" in bot.discord.threads[place]["name"]
    bot.discord.until(lambda: CHEESE in working.content and PRIZE not in working.content)
    assert bot.ended(place) is working
    assert working.content == f"{CHEESE} [1] {PRIZE} [2]"
    assert len(working.edits) > 1
    assert all(later - earlier > 1.15 for earlier, later in pairwise(working.edits))
    assert bot.discord.shown(CHANNEL) == []
    assert len(bot.discord.shown(place)) == 1


def test_every_number_is_a_source_with_its_address_and_its_quote(bot):
    _, last = bot.answered(CHEESE_QUESTION, copied(CHEESE, LAMP))
    numbers = set(re.findall(r"\[\d+\]", last.content))
    told = {embed["title"].partition(" ")[0]: embed for embed in last.payload["embeds"] if "title" in embed}
    assert numbers == set(told)
    assert numbers
    embed = told["[1]"]
    assert "Cheese festival" in embed["title"]
    assert embed["url"].startswith("https://ostby-gazette.example/cheese")
    assert CHEESE in embed["description"]
    assert "Ostby Gazette" in embed["footer"]["text"]


def test_a_follow_up_in_its_thread_needs_no_mention_and_uses_the_history(bot):
    place, _ = bot.answered(CHEESE_QUESTION, copied(CHEESE))
    asked = len(bot.script.requests)
    bot.scripted(copied(PRIZE))
    bot.discord.say("And who won the first prize there?", place)
    assert PRIZE in bot.ended(place, 2).content
    assert "Ostby: who won the first prize there?" in str(bot.script.requests[asked:])


def test_what_people_say_to_each_other_is_left_alone(bot):
    place, _ = bot.answered(CHEESE_QUESTION, copied(CHEESE))
    asked = len(bot.script.requests)
    bot.discord.say(CHEESE_QUESTION, HUMAN_THREAD)
    bot.discord.say(CHEESE_QUESTION, CHANNEL)
    bot.discord.say(f"<@{FRIEND}> were you there?", place)
    theirs = bot.discord.say("I was there, and you?", HUMAN_THREAD, FRIEND)
    reference = {"message_id": theirs, "channel_id": place, "guild_id": "8001", "type": 0}
    bot.discord.say(
        "So was I!", place, message_reference=reference, referenced_message=bot.discord.said[theirs], type=19
    )
    bot.discord.say(f"<@{BOT}> {CHEESE_QUESTION}", CHANNEL, OTHER_BOT)
    bot.discord.say(f"<@{BOT}> {CHEESE_QUESTION}", CHANNEL, BOT)
    bot.discord.say(f"<@{BOT}> {CHEESE_QUESTION}", CHANNEL, webhook_id="4001")
    bot.answered(LAMP_QUESTION, copied(LAMP))  # what was said before this has been heard by now
    assert len(bot.discord.shown(place)) == 1
    assert bot.discord.shown(HUMAN_THREAD) == bot.discord.shown(CHANNEL) == []
    assert len(bot.script.requests) == asked + 1


def test_two_threads_at_once_never_mix(bot):
    bot.scripted(either)
    one, other = bot.mention(CHEESE_QUESTION), bot.mention(LAMP_QUESTION, author=FRIEND)
    assert CHEESE in bot.ended(one).content
    assert LAMP in bot.ended(other).content
    assert LAMP not in bot.ended(one).content
    assert CHEESE not in bot.ended(other).content


def test_the_role_that_discord_made_for_the_bot_calls_it_too(bot):
    bot.scripted(copied(CHEESE))
    assert CHEESE in bot.ended(bot.discord.say(f"<@&{BOT_ROLE}> {CHEESE_QUESTION}")).content


def test_a_direct_message_is_answered_there_and_then_goes_on(bot):
    bot.scripted(copied(CHEESE))
    bot.discord.say(CHEESE_QUESTION, DIRECT)
    assert CHEESE in bot.ended(DIRECT).content
    bot.scripted(copied(PRIZE))
    bot.discord.say("And who won the first prize there?", DIRECT)
    assert PRIZE in bot.ended(DIRECT, 2).content


def test_where_it_may_make_no_threads_it_replies_and_a_reply_goes_on(bot):
    bot.scripted(copied(CHEESE))
    first = bot.mention(CHEESE_QUESTION, NO_THREADS)
    answer = bot.ended(NO_THREADS)
    assert str(answer.reply_to) == first
    assert first not in bot.discord.threads
    asked = len(bot.script.requests)
    bot.scripted(copied(PRIZE))
    second = replied(bot, "And who won the first prize there?", answer, first)
    assert PRIZE in bot.ended(NO_THREADS, 2).content
    assert "Ostby: who won the first prize there?" in str(bot.script.requests[asked:])
    replied(bot, "And who won the second prize there?", bot.discord.shown(NO_THREADS)[1], second)
    bot.ended(NO_THREADS, 3)
    assert "Ostby: who won the second prize there?" in str(bot.script.requests[asked:])


def replied(bot, question, answer, to):
    """Reply to an answer, which was itself a reply to a question; return the id of the new one."""
    told = bot.discord.rest._told(answer) | {"message_reference": {"message_id": to, "channel_id": NO_THREADS}}
    reference = {"message_id": answer.id, "channel_id": NO_THREADS, "guild_id": "8001", "type": 0}
    return bot.discord.say(question, NO_THREADS, message_reference=reference, referenced_message=told, type=19)


def test_where_discord_takes_neither_thread_nor_reply_the_answer_is_a_message(bot):
    bot.scripted(copied(CHEESE))
    bot.discord.misbehave("POST", "/threads", 403, {"code": 50013, "message": "Missing Permissions"})
    refused = {"code": 160002, "message": "Cannot reply without permission to read message history"}
    bot.discord.misbehave("POST", f"/channels/{OTHER_CHANNEL}/messages", 403, refused)
    bot.mention(CHEESE_QUESTION, OTHER_CHANNEL)
    answer = bot.ended(OTHER_CHANNEL)
    assert answer.content == f"{CHEESE} [1]"
    assert answer.reply_to is None
    assert bot.process.logged("no_thread")["channel"] == bot.process.logged("no_history")["channel"]


def test_a_thread_of_people_that_it_is_called_into_keeps_the_answer(bot):
    bot.scripted(copied(CHEESE))
    asked = bot.mention(CHEESE_QUESTION, HUMAN_THREAD)
    answer = bot.ended(HUMAN_THREAD)
    assert str(answer.reply_to) == asked
    assert CHEESE in answer.content


def test_nothing_that_an_article_or_a_question_holds_pings_anybody(bot):
    question = "What did the notice board at Wick say to @everyone, @here, <@6002> and <@&8002>?"
    place, last = bot.answered(question, copied(PING))
    bare = re.sub(r"[\u200b\\]", "", last.content)
    assert "@everyone @here <@6001> <@!6002> <@&8002> come" in bare
    embed = last.payload["embeds"][0]
    assert re.fullmatch(r"https://tarn-herald\.example/board\?a=1&b=\(2\)#:~:text=[\w.,%]+", embed["url"])
    assert "\n" not in embed["title"]
    assert "evil.example" in embed["title"]
    assert place in bot.discord.threads


def test_a_limit_on_the_way_is_waited_out(bot):
    bot.scripted(copied(CHEESE))
    fault = bot.discord.limit("PATCH", r"/channels/\d+/messages/\d+", 2.0)
    place = bot.mention(CHEESE_QUESTION)
    last = bot.ended(place)
    assert fault.times == 0
    refused = next(call for call in reversed(bot.discord.calls) if call.status == 429)
    assert last.edits[-1] - refused.at > 1.9
    assert last.content == f"{CHEESE} [1]"
    assert len(bot.discord.shown(place)) == 1


def test_what_was_posted_without_a_word_of_it_is_not_posted_again(bot):
    bot.scripted(copied(CHEESE))
    lost = bot.discord.lose("POST", r"/channels/\d+/messages$"), bot.discord.lose("PATCH", r"/channels/\d+/messages/")
    place = bot.mention(CHEESE_QUESTION)
    bot.ended(place)
    bot.discord.until(lambda: bot.process.lines("answered"))
    bot.answered(LAMP_QUESTION, copied(LAMP))
    assert [fault.times for fault in lost] == [0, 0]
    assert [post.content for post in bot.discord.shown(place)] == [f"{CHEESE} [1]"]
    assert not bot.process.lines("answer_not_shown")


def test_a_message_that_somebody_took_away_is_posted_anew(bot):
    bot.scripted(copied(CHEESE), pace=0.1)
    place = bot.mention(CHEESE_QUESTION)
    working = bot.discord.until(lambda: bot.discord.shown(place))[0]
    working.deleted = True
    assert bot.ended(place).content == f"{CHEESE} [1]"


def test_a_question_is_answered_once_as_edited_and_left_where_it_was_deleted(bot):
    bot.scripted(
        either,
        pace=0.15,
    )
    edited, deleted = bot.mention(CHEESE_QUESTION), bot.mention(CHEESE_QUESTION, OTHER_CHANNEL)
    bot.discord.until(lambda: bot.discord.shown(edited) and bot.discord.shown(deleted))
    bot.discord.edit(edited, f"<@{BOT}> {LAMP_QUESTION}")
    bot.discord.delete(deleted)
    bot.discord.until(lambda: not bot.discord.shown(deleted))
    answer = bot.ended(edited)
    assert LAMP in answer.content
    assert CHEESE not in answer.content
    before = len(bot.discord.calls)
    bot.discord.replay(edited)
    bot.discord.edit(edited, f"<@{BOT}> {CHEESE_QUESTION}")
    bot.answered(LAMP_QUESTION, copied(LAMP))  # what came before this has been heard by now
    assert len(bot.discord.shown(edited)) == 1
    assert bot.discord.shown(deleted) == []
    assert all(edited not in call.path for call in bot.discord.calls[before:])
