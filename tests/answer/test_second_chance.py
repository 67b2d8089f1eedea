"""The second chance: what did not pass is written again once, verified like the first, and else gives way to quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_model import USED
from written_desk import written_desk

from newsqa.answer.second_chance import read_rewritten
from newsqa.render.wording import explain_checks
from newsqa.settings import Settings

QUESTION = "What happened at the Kell harbour festival in Ostby?"
TRUE = "9,400 visitors came to the harbour festival in Ostby."
FALSE = "The harbour festival in Ostby drew its visitors with fireworks"
NEARER = "The harbour festival in Ostby drew 9,400 visitors."


@pytest.fixture(scope="module")
def writer(made_once):
    from newsqa.ingest.indexer import index_source

    def make(folder):
        source = folder.parent / f"{folder.name}-articles"
        source.mkdir(exist_ok=True)
        text = f"# Festival at Ostby\n\n{TRUE} The mayor opened it on Friday. A band played by the quay.\n"
        (source / "festival.md").write_text(text)
        return index_source(Settings(index=folder), str(source))

    with written_desk(Settings(index=made_once("second-chance", make), timeout=20)) as written:
        yield written


def strict(prompt):
    """Find supported what has a number, as a judge that reads no more than that."""
    said = [line for line in prompt.text.splitlines() if line.startswith("SENTENCE")]
    return "\n".join(
        f"{n}: {'yes' if '9,400' in line else 'no, because it is added'}" for n, line in enumerate(said, 1)
    )


def again(reply, draft=f"{FALSE} [1]."):
    """Draft a false sentence; reply so when asked to write it again."""
    return lambda prompt: reply if "DROPPED 1: " in prompt.text else draft


def test_what_is_mended_is_in_the_answer_and_counted(writer):
    writer.script.judge = strict
    answer = writer.ask(QUESTION, again(f"1: {NEARER} [1]"))
    assert [(one.text, one.checked_by) for one in answer.sentences] == [(NEARER, "judge")]
    assert [(one.text, one.mended) for one in answer.dropped] == [(f"{FALSE}.", True)]
    assert answer.usage.input_tokens == 4 * USED["read"]
    assert "1 dropped sentence got a second chance: 1 passed." in explain_checks(answer)


def test_it_sees_the_reason_and_the_quotes_and_no_question(writer):
    writer.script.judge = strict
    writer.ask(QUESTION, again("1: leave"))
    asked = writer.script.requests[-1]["messages"][-1]["content"]
    assert f"DROPPED 1: {FALSE}. (openai:stand-in finds that its quotes do not support it: it is added)\n<<<\n" in asked
    assert TRUE in asked
    assert QUESTION not in asked


@pytest.mark.parametrize(
    "reply",
    ["1: leave", "", "It is true!", f"1: {FALSE}, truly.", "1: 12,000 visitors came to the festival.", "1: a\n1: b"],
)
def test_what_falls_again_or_is_left_out_gives_way_to_its_quotes(writer, reply):
    writer.script.judge = strict
    answer = writer.ask(QUESTION, again(reply))
    assert [(one.text, one.checked_by) for one in answer.sentences] == [(TRUE, "quoted")]
    assert [(one.text, one.mended) for one in answer.dropped] == [(f"{FALSE}.", False)]
    assert "; written again, " in answer.dropped[0].why


def test_sentences_stay_in_the_order_of_the_draft(writer):
    writer.script.judge = strict
    draft = f"{FALSE} [1]. Some 9,400 people were there, as visitors [1]."
    answer = writer.ask(QUESTION, again(f"1: {NEARER}", draft))
    assert [one.text for one in answer.sentences] == [NEARER, "Some 9,400 people were there, as visitors."]


@pytest.mark.parametrize("settings", [{"judge": "none"}, {"second_chance": False}])
def test_without_a_judge_or_where_it_is_turned_off_there_is_none(writer, settings):
    with written_desk(Settings(index=writer.desk.index.folder, timeout=20, **settings)) as written:
        written.script.judge = strict
        answer = written.ask(QUESTION, again(f"1: {NEARER}"))
        assert len(written.script.requests) == 1
    assert [(one.checked_by) for one in answer.sentences] == ["quoted"]
    assert [one.mended for one in answer.dropped] == [None]


@given(st.text(max_size=200), st.integers(0, 5))
def test_any_reply_is_read(reply, count):
    assert len(read_rewritten(reply, count)) == count
