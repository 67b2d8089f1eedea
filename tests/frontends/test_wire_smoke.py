"""One question to each bot, from the real client in a process of its own to the answer; the rest is `make wire`."""

from discord_asking import CHEESE_QUESTION, asking
from discord_news import CHEESE, copied
from slack_talk import talking


def test_a_bot_in_slack_answers_a_mention(slack_index, tmp_path):
    with talking(slack_index, tmp_path / "bot") as talk:
        assert CHEESE in talk.asked(CHEESE_QUESTION, copied(CHEESE)).text


def test_a_bot_in_discord_answers_a_mention(discord_index, tmp_path):
    with asking(discord_index, tmp_path / "bot") as bot:
        _, answer = bot.answered(CHEESE_QUESTION, copied(CHEESE))
        assert answer.content == f"{CHEESE} [1]"
        bot.well_behaved()
