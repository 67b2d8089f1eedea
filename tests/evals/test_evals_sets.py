"""A set of questions is read in any of the forms in use, and all that is wrong with it is told before it is asked."""

import gzip
import json
import sys
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsqa import cli
from newsqa.errors import SourceError
from newsqa.evals.datasets import read_set
from newsqa.evals.datasets.items import Gold, HistoryMessage, Item, item_from, item_record
from places import SAMPLE_QUESTIONS
from thoroughness import examples

FINE = '{"id": "a", "question": "fine?", "asked": "2025-04-21"}'

printable = st.characters(categories=["L", "M", "N", "P", "S"], include_characters=" ")
words = st.text(printable, min_size=1).filter(lambda text: any(map(str.isalnum, text)))
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
golds = st.one_of(st.builds(Gold, url=words), st.builds(Gold, path=words, quote=words), st.builds(Gold, quote=words))
sampled = st.builds(
    Item,
    id=words,
    question=words,
    answers=st.lists(st.one_of(words, st.lists(words, min_size=2, max_size=3).map(tuple)), max_size=3).map(tuple),
    asked=st.none() | days,
    as_of=st.none() | days,
    history=st.lists(st.builds(HistoryMessage, st.sampled_from(["user", "assistant"]), words), max_size=3).map(tuple),
    answerable=st.sampled_from([None, True, False]),
    gold=st.lists(golds, max_size=3).map(tuple),
    tags=st.lists(words, max_size=2).map(tuple),
    meta=st.none() | st.dictionaries(words, st.none() | st.booleans() | st.integers() | words, max_size=3),
)


def written(folder, *lines, name="set.jsonl"):
    file = folder / name
    file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8")
    return file


def told(file):
    """Return all that the error of a set says."""
    with pytest.raises(SourceError) as caught:
        read_set(file)
    return "\n".join([str(caught.value), *caught.value.details, caught.value.hint])


# --- our own form -------------------------------------------------------------------------------------------------


def test_a_set_is_read_whole(tmp_path):
    line = {
        "id": "a",
        "question": "and the drones?",
        "answers": ["145", ["Oslo", "Bergen"], ["alone"]],
        "asked": "2025-04-21",
        "as_of": "2025-04-20",
        "history": [{"role": "user", "content": "How many missiles?"}],
        "answerable": True,
        "gold": [{"path": "x.md", "quote": "145 drones"}, {"url": "https://x.example/a", "path": None}],
        "tags": ["number"],
        "meta": {"anything": [1, None]},
    }
    first, second = read_set(written(tmp_path, json.dumps(line), "", '{"id":"b","question":"x\u2028y"}'))
    assert first == Item(
        *("a", "and the drones?", ("145", ("Oslo", "Bergen"), "alone"), date(2025, 4, 21), date(2025, 4, 20)),
        history=(HistoryMessage("user", "How many missiles?"),),
        answerable=True,
        gold=(Gold(path="x.md", quote="145 drones"), Gold(url="https://x.example/a")),
        tags=("number",),
        meta={"anything": [1, None]},
    )
    assert second == Item("b", "x\u2028y")


def test_the_sample_questions_are_read():
    items = read_set(SAMPLE_QUESTIONS)
    assert len(items) == 60
    assert sum(item.refusal_is_right for item in items) == 15


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + FINE.encode(),
        FINE.encode() + b"\r\n\r\n",
        f'[{FINE},\n {{"id": "b", "question": "good?"}}]'.encode(),
        json.dumps(json.loads(FINE), indent=2).encode(),
    ],
    ids=["byte order mark", "CRLF", "a list", "over many lines"],
)
def test_the_same_questions_may_be_set_otherwise(tmp_path, data):
    (tmp_path / "set.jsonl").write_bytes(data)
    (tmp_path / "set.jsonl.gz").write_bytes(gzip.compress(data))
    items = read_set(tmp_path / "set.jsonl")
    assert items[0] == Item("a", "fine?", asked=date(2025, 4, 21))
    assert read_set(tmp_path / "set.jsonl.gz") == items


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"id": "b", "question": "x", "meta": ' + "[" * 99 + "]" * 99 + "}", "nested too deep"),
        ('{"id": "b", "question": "x", "meta": ' + "9" * 5000 + "}", "no JSON"),
        ("[]", "no JSON object"),
        ('{"id": "b"}', "“question”"),
        ('{"id": "", "question": "x"}', "“id”"),
        ('{"id": 7, "question": "x"}', "“id”"),
        ('{"id": "a", "question": "x"}', "“a” was used before, in line 1"),
        ('{"id": "b", "question": "Fine?", "asked": "2025-04-21"}', "the same is asked in line 1"),
        ('{"id": "b", "question": "x", "answer": ["145"]}', "“answer”, is “answers” meant?"),
        ('{"id": "b", "question": "x", "zzz": null}', "unknown field “zzz”"),
        ('{"id": "b", "id": "c", "question": "x"}', "“id” stands twice"),
        ('{"id": "b", "question": "\\ud800"}', "half of a character"),
        ('{"id": "b", "question": "x", "answers": "145"}', "“answers”"),
        ('{"id": "b", "question": "x", "answers": [145]}', "“answers”"),
        ('{"id": "b", "question": "x", "answers": [" "]}', "“answers”"),
        ('{"id": "b", "question": "x", "answers": ["—"]}', "“answers”"),
        ('{"id": "b", "question": "x", "answers": [[]]}', "“answers”"),
        ('{"id": "b", "question": "x", "answers": [["y", ["z"]]]}', "“answers”"),
        ('{"id": "b", "question": "x", "answerable": "no"}', "“answerable”"),
        ('{"id": "b", "question": "x", "answerable": false, "answers": ["y"]}', "“answerable” is false"),
        ('{"id": "b", "question": "x", "answerable": false, "gold": [{"path": "y"}]}', "“answerable” is false"),
        ('{"id": "b", "question": "x", "history": [{"role": "system", "content": "x"}]}', "“role” in “history”"),
        ('{"id": "b", "question": "x", "history": [{"role": "user", "text": "x"}]}', "“content” in “history”"),
        ('{"id": "b", "question": "x", "gold": [{"quote": "x"}]}', "“gold”"),
        ('{"id": "b", "question": "x", "gold": [{}]}', "“gold”"),
        ('{"id": "b", "question": "x", "gold": ["x.md"]}', "an entry of “gold” must be an object"),
        ('{"id": "b", "question": "x", "gold": [{"path": "x", "qoute": "y"}]}', "“quote” meant?"),
        ('{"id": "b", "question": "x", "meta": {"x": [NaN]}}', "NaN"),
        ('{"id": "b", "question": "x", "meta": 1e999}', "Infinity"),
        ('{"id": "b", "question": "x", "asked": "2025-04-20", "as_of": "2025-04-21"}', "“as_of” (2025-04-21) is after"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, line, said):
    file = written(tmp_path, FINE, line)
    assert f"{file} line 2: " in told(file)
    assert said in told(file)


@pytest.mark.parametrize(
    "day",
    [
        "21 April",
        "20250314",
        "2025-W11-5",
        "2025-3-14",
        "14/03/2025",
        "2025-03-14T09:00",
        "2025-02-30",
        "٢٠٢٥-٠٣-١٤",
        " ",
    ],
)
def test_a_day_is_written_in_one_way_only(tmp_path, day):
    file = written(tmp_path, FINE, {"id": "b", "question": "x", "as_of": day})
    assert "“as_of”" in told(file)


def test_each_date_in_another_form_is_told_with_its_line(tmp_path):
    asked = ["2025-03-14", "2025-03-15", "15/03/2025", "2025-03-14T09:00Z", "16/03/2025"]
    lines = [{"id": f"q{n}", "question": f"x {n}", "asked": day} for n, day in enumerate(asked)]
    said = told(written(tmp_path, *lines))
    assert "3 faults" in said
    assert all(f"line {n}: “asked” must be a date like 2025-03-14, not “{asked[n - 1]}”" in said for n in (3, 4, 5))


def test_a_fault_does_not_hide_another(tmp_path):
    said = told(written(tmp_path, FINE, '{"id": "a", "question": ""}', FINE.replace('"a"', '"c"'), FINE))
    assert all(part in said for part in ("4 faults", "“question”", "line 2: the id “a”", "line 3: the same is asked"))


def test_all_faults_are_told_at_once_the_first_ten_by_line(tmp_path):
    file = written(tmp_path, *({"id": f"q{n}", "qestion": "x", "answers": 1} for n in range(9)), FINE)
    with pytest.raises(SourceError, match=r"has 27 faults") as caught:
        read_set(file)
    assert [f"{file} line {n}:" in caught.value.details[3 * n - 3] for n in (1, 2, 3)] == [True] * 3
    assert "is “question” meant?" in caught.value.details[0]
    assert caught.value.details[10:] == ("… and 17 more.",)


def test_the_command_shows_each_fault_on_a_safe_line_of_its_own(tmp_path, monkeypatch, capfd, hostile):
    file = written(tmp_path, FINE, {"id": "b", "question": "x", hostile: 1}, {"id": "b", "question": "y"})
    monkeypatch.setattr(sys, "argv", ["newsqa", "eval", "run", str(file), "--index", str(tmp_path / "none")])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    first, second, third = capfd.readouterr().err.splitlines()
    assert "has 2 faults" in first
    assert second.startswith(f"  {file} line 2: unknown field")
    assert third.startswith(f"  {file} line 3: the id “b” was used before")
    assert "\x1b" not in second


def test_the_same_question_may_be_asked_of_another_day_and_after_other_words(tmp_path):
    base = {"question": "How many?", "asked": "2025-04-21"}
    said = [{"role": "user", "content": "Ships?"}]
    others = [base, {**base, "asked": "2025-04-22"}, {**base, "as_of": "2025-04-01"}, {**base, "history": said}]
    assert len(read_set(written(tmp_path, *({"id": f"q{n}", **one} for n, one in enumerate(others))))) == 4


def test_gold_may_stand_beside_a_refusal_where_its_article_is_hidden(tmp_path):
    line = {"id": "a", "question": "x", "answerable": False, "as_of": "2025-01-01", "gold": [{"path": "later.md"}]}
    assert read_set(written(tmp_path, line))[0].gold == (Gold(path="later.md"),)


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe", b"[]", b"[1, 2]", b"null"])
def test_what_is_no_set_is_told(tmp_path, content):
    if content is not None:
        (tmp_path / "set.jsonl").write_bytes(content)
    assert str(tmp_path / "set.jsonl") in told(tmp_path / "set.jsonl")


def test_a_broken_archive_is_told(tmp_path):
    packed = gzip.compress(SAMPLE_QUESTIONS.read_bytes())
    for number, data in enumerate([b"plain", packed[: len(packed) // 2], packed[:100] + b"\0" * 50 + packed[150:]]):
        file = tmp_path / f"{number}.jsonl.gz"
        file.write_bytes(data)
        assert "cannot be read" in told(file)


@pytest.mark.parametrize(
    "content",
    ['{"title": "Dam cracks", "text": "A crack."}\n', "id,question\n1,x\n", '{"question_id": "x", "prediction": "y"}'],
)
def test_an_unknown_form_is_told_with_those_that_are_read(tmp_path, content):
    said = told(written(tmp_path, content))
    assert all(form in said for form in ("newsqa", "RealTime QA"))


@settings(deadline=None)
@given(sampled)
def test_a_question_survives_being_written_down(item):
    assert item_from(json.loads(json.dumps(item_record(item)))) == item


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_a_field_of_any_kind_is_read_or_told(value):
    for name in ("id", "question", "answers", "asked", "history", "answerable", "gold", "tags", "meta"):
        try:
            item = item_from({"id": "a", "question": "x", name: value})
        except ValueError as error:
            assert f"“{name}”" in str(error)  # noqa: PT017
        else:
            assert isinstance(item, Item)


SHAPES = (
    "question_id question_sentence question_date question_source choices answer messages speaker text contexts title "
    "url enrichments feedback relevant reference task_id input targets data paragraphs context qas id question answers "
    "tags answer_start is_impossible asked as_of history role content answerable gold path quote meta answerability _id"
)
names = st.sampled_from(SHAPES.split())
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["user", "agent", "yes", "", "1", "Oslo"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6),
    max_leaves=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(100), deadline=None)
@given(st.lists(anything | st.dictionaries(names, anything, min_size=1), min_size=1, max_size=3))
def test_whatever_a_file_holds_is_read_or_told(tmp_path, values):
    for form in (
        {"question_id": "a", "question_sentence": "Who?"},
        {},
    ):
        lines = [{**form, **value} if isinstance(value, dict) else value for value in values]
        try:
            assert all(isinstance(item, Item) for item in read_set(written(tmp_path, *lines)))
        except SourceError as error:
            assert "set.jsonl" in str(error)  # noqa: PT017


# --- RealTime QA --------------------------------------------------------------------------------------------------

QUIZ = {
    "question_id": "20250411_3",
    "question_date": "2025/04/11",
    "question_source": "Harbour Radio",
    "question_url": "https://harbour.example/quiz",
    "question_sentence": "Which lamp was found in Sel Bay?",
    "choices": ["The Harbour Light", "The Pilot's Lantern", "None of the above"],
    "answer": ["1"],
    "evidence": "Police found the silver lamp.",
}


def test_a_news_quiz_is_read(tmp_path):
    (item,) = read_set(written(tmp_path, QUIZ))
    assert (item.id, item.question) == ("20250411_3", "Which lamp was found in Sel Bay?")
    assert (item.answers, item.asked) == (("The Pilot's Lantern",), date(2025, 4, 11))
    assert item.tags == ("Harbour Radio",)
    assert item.meta["choices"] == QUIZ["choices"]
    assert item.answerable is None


def test_several_choices_are_all_required(tmp_path):
    (item,) = read_set(written(tmp_path, {**QUIZ, "answer": ["1", "0"]}))
    assert item.answers == (("The Pilot's Lantern", "The Harbour Light"),)


@pytest.mark.parametrize(
    "change", [{"answer": ["2"]}, {"question_sentence": "All of these were found in Sel Bay EXCEPT:"}]
)
def test_what_makes_no_sense_without_its_choices_accepts_no_answer(tmp_path, change):
    (item,) = read_set(written(tmp_path, {**QUIZ, **change}))
    assert (item.answers, "needs choices" in item.tags) == ((), True)


@pytest.mark.parametrize(
    "change",
    [
        {"answer": ["3"]},
        {"answer": ["-1"]},
        {"answer": ["B"]},
        {"question_date": "11/04/2025"},
        {"question_sentence": 5},
    ],
)
def test_a_quiz_that_contradicts_itself_is_told(tmp_path, change):
    file = written(tmp_path, QUIZ, {**QUIZ, "question_id": "other", **change})
    assert f"{file} line 2: “{next(iter(change))}”" in told(file)
