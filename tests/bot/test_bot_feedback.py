"""What people said of answers, as a set of questions."""

from scripted_desk import answered, message, scripted_bot

from newsqa.bot.admin import TO_REVIEW, export_feedback
from newsqa.bot.store import Store
from newsqa.evals.datasets import read_set


async def test_feedback_is_a_set_of_questions_that_the_evaluation_reads(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        good = await answered(bot, desk, message("When did it reopen?", "1"))
        bad = await answered(bot, desk, message("And \u2028why?", "2"), "The mayor was ill.")
        refused = await answered(
            bot, desk, message("Who is king?", "3"), "The articles do not answer this.", refused=True
        )
        torn = await answered(bot, desk, message("Where?", "4"))
        await answered(bot, desk, message("Nobody voted?", "5"))
        votes = [(good, "good"), (bad, "bad"), (refused, "good"), (torn, "good"), (torn, "bad")]
        for number, (answer, verdict) in enumerate(votes):
            assert await bot.record_vote(answer.request_id, f"U-voter-{number}", verdict)
    store = Store(tmp_path)
    out = tmp_path / "feedback.jsonl"
    out.write_text("\n".join(export_feedback(store)) + "\n", "utf-8")
    store.close()
    items = read_set(out)
    assert [item.id for item in items] == [one.request_id for one in (good, bad, refused, torn)]
    first, second, third, fourth = items
    assert first.answers == ("It reopened in May.",)
    assert (first.gold[0].article_id, first.gold[0].url) == ("a1", "https://t.example/1")
    assert first.gold[0].quote == "It reopened in May."
    assert first.asked == good.answer.asked
    assert (second.answers, second.gold, second.answerable, second.tags) == ((), (), None, (TO_REVIEW,))
    assert [message.content for message in second.history] == ["When did it reopen?", "It reopened in May. [1]"]
    assert second.meta["answer"] == "The mayor was ill. [1]"
    assert third.answerable is False
    assert fourth.tags == (TO_REVIEW,)
    assert "voter" not in out.read_text("utf-8")
