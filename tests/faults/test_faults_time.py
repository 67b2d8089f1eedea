"""NEWSQA_TIMEOUT bounds an answer, whatever the server of the model does and however much there is to check."""

import random
import time

import pytest
from written_desk import written_desk

from newsqa.errors import ModelError
from newsqa.models.chat import MAX_PIECE, MAX_WRITTEN, Reply, invoke_model, stream_model
from newsqa.models.registry import create_chat_model
from newsqa.settings import Settings
from newsqa.types import Answer
from newsqa.verify.verifier import NO_TIME

QUESTION = "How many people visited the cheese festival in Ostby?"
TRUE = "Some 9,400 visitors came to the cheese festival in Ostby on Saturday [1]. "

TIMEOUT = 3.0
ENOUGH = 20.0
"""Seconds by which an answer within TIMEOUT is there on a machine that does much else; without the bound it is 60."""


@pytest.fixture(scope="module")
def opened(news_index):
    with written_desk(Settings(index=news_index, timeout=TIMEOUT)) as written:
        written.desk.search(QUESTION)  # loads the models, which no answer has to wait for
        yield written


@pytest.fixture
def writer(opened):
    url = opened.script.url
    opened.script.__init__(url=url)
    return opened


def timed(writer, reply):
    """Return the answer or the error, and the seconds until then."""
    began = time.monotonic()
    try:
        ended = writer.ask(QUESTION, reply)
    except ModelError as error:
        ended = error
    return ended, time.monotonic() - began


def invented(count):
    """Return sentences with values that no article has, each of which cites all the evidence."""
    chosen = random.Random(7)
    words = ["council", "harbour", "mayor", "bridge", "school", "budget", "hall", "prize", "cheese", "visitors"]

    def sentence(number):
        said = " ".join(chosen.choices(words, k=40))
        return f"The mayor Ada{number} Brook{number} said that {number + 300} {said}. {'[1] [2] [3] [4]'}"

    return " ".join(map(sentence, range(count)))


@pytest.mark.parametrize("begins", [False, True], ids=["before its headers", "after them"])
def test_a_server_that_hangs_ends_in_one_error_with_advice(writer, begins):
    writer.script.hangs, writer.script.begins = not begins, begins
    ended, seconds = timed(writer, TRUE)
    assert isinstance(ended, ModelError)
    assert ended.kind == "timeout"
    assert "NEWSQA_TIMEOUT" in ended.hint
    assert seconds < ENOUGH


def test_a_server_that_drips_leaves_time_for_the_answer_without_it(writer):
    writer.script.pace = 1.0
    ended, seconds = timed(
        writer, "Visitors came and went all day long in Ostby, and the mayor said nothing of it. [1]"
    )
    assert seconds < ENOUGH
    assert isinstance(ended, ModelError) or ended.model == "extractive" or ended.incomplete


@pytest.mark.parametrize(
    "reply",
    [TRUE * 70_000, "a" * 5_000_000, "a [1] " * 800_000, "[" * 5_000_000, "\n" * 5_000_000],
    ids=["sentences", "a word", "keys", "brackets", "empty lines"],
)
def test_one_piece_of_five_megabytes_is_bounded(writer, reply):
    writer.script.at_once = True
    ended, seconds = timed(writer, reply)
    assert seconds < ENOUGH
    assert isinstance(ended, Answer | ModelError)


def test_many_false_citations_are_checked_as_long_as_there_is_time(writer):
    ended, seconds = timed(writer, invented(24))
    assert seconds < ENOUGH
    assert isinstance(ended, Answer | ModelError)


def test_what_there_is_no_time_to_check_is_dropped_and_the_answer_is_incomplete(writer, monkeypatch):
    """The first sentence is checked; then the time is over."""
    from newsqa.verify.verifier import Verifier

    checked, check = [], Verifier.check

    def slow(self, sentence):
        found = check(self, sentence)
        checked.append(sentence)
        self._deadline = 0.0
        return found

    monkeypatch.setattr(Verifier, "check", slow)
    second = "The first prize went to Runa Selbach for a blue cheese [1]. "
    ended, _ = timed(writer, TRUE + second + "And after that everybody went home in the evening rain.")
    assert [sentence.checked_by for sentence in ended.sentences] == ["verbatim"] or ended.sentences
    assert ended.incomplete
    assert NO_TIME in {dropped.why for dropped in ended.dropped}


def test_a_judge_that_hangs_is_left_and_the_quotes_take_the_place(writer):
    def hang(_):
        time.sleep(30)
        return ""

    writer.script.judge = hang
    ended, seconds = timed(writer, "About 9,400 visitors came to the festival in Ostby [1].")
    assert seconds < ENOUGH
    assert isinstance(ended, Answer | ModelError)
    assert not [one for one in getattr(ended, "sentences", ()) if one.checked_by == "judge"]


def test_a_deadline_that_is_over_when_the_question_comes_asks_no_model(writer):
    writer.script.reply = TRUE
    with pytest.raises(ModelError) as raised:
        list(writer.desk.stream(QUESTION, deadline=time.monotonic()))
    assert raised.value.kind == "timeout"


@pytest.fixture
def model(writer, monkeypatch):
    return create_chat_model(Settings(model="openai:stand-in", timeout=30)), "openai:stand-in"


def test_a_reply_is_cut_at_its_length_and_comes_in_small_pieces(writer, model):
    writer.script.at_once, writer.script.reply = True, "word " * 1_000_000
    *pieces, reply = stream_model(*model, [("human", "?")])
    assert max(map(len, pieces)) <= MAX_PIECE
    assert isinstance(reply, Reply)
    assert reply.cut_short
    assert len(reply.text) <= MAX_WRITTEN


def test_a_response_without_end_is_left_after_its_bytes(writer, model):
    """A whole reply is read by the client before anyone sees a word of it."""
    writer.script.reply = "x" * (17 << 20)
    with pytest.raises(ModelError) as raised:
        invoke_model(*model, [("human", "?")])
    assert raised.value.kind == "cut"


def test_whatever_is_computed_the_terminal_leaves_it(newsqa_process, news_index, tmp_path):
    """A question on a machine on which loading the models takes longer than it may."""
    done = newsqa_process("ask", "--index", news_index, QUESTION, settings={"NEWSQA_TIMEOUT": "0.01"})
    assert done.returncode == 1
    assert done.stderr == "newsqa: There was no answer within 0.01 s. Give it more time (NEWSQA_TIMEOUT).\n"
