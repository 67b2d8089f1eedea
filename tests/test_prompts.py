"""The prompts: files that a person may replace, checked when they are loaded."""

import pytest

from newsqa.errors import SettingsError
from newsqa.prompts import PLACEHOLDERS, load_prompts


def test_the_prompts_that_come_with_newsqa_load() -> None:
    prompts = load_prompts()
    assert set(prompts.templates) == set(PLACEHOLDERS)
    assert "When?" in prompts.fill("answer-user", question="When?", asked="2025-04-21", evidence="[1] …")


def test_values_are_data_and_never_part_of_the_template() -> None:
    filled = load_prompts().fill("answer-user", question="$asked {x} {{ $", asked="today", evidence="$question")
    assert "$asked {x} {{ $" in filled
    assert "$question" in filled


def test_a_prompt_of_ones_own_replaces_one_and_leaves_the_others(tmp_path) -> None:
    (tmp_path / "answer-user.md").write_text("$evidence | $asked | $question")
    own = load_prompts(tmp_path)
    assert own.fill("answer-user", question="q", asked="a", evidence="e") == "e | a | q"
    assert own.fill("answer-system", task="-") == load_prompts().fill("answer-system", task="-")
    assert own.digest != load_prompts().digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("$evidence $asked", r"answer-user\.md misses \$question"),
        ("$evidence $asked $question $mood", r"answer-user\.md has an unknown \$mood"),
        ("costs $ 5 $evidence $asked $question", "stray"),
    ],
)
def test_a_prompt_with_the_wrong_placeholders_is_refused_by_name(tmp_path, text: str, told: str) -> None:
    (tmp_path / "answer-user.md").write_text(text)
    with pytest.raises(SettingsError, match=told):
        load_prompts(tmp_path)


def test_a_prompt_that_is_no_text_is_refused(tmp_path) -> None:
    (tmp_path / "answer-system.md").write_bytes(b"\xff\xfe\x00broken\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_prompts(tmp_path)


def test_a_folder_that_does_not_exist_is_refused(tmp_path) -> None:
    with pytest.raises(SettingsError, match="no folder"):
        load_prompts(tmp_path / "none")


def test_a_prompt_that_is_nowhere_is_an_error_for_people(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("newsqa.prompts._INSTALLED", tmp_path)
    monkeypatch.setattr("newsqa.prompts._CHECKOUT", tmp_path)
    with pytest.raises(SettingsError, match="is missing") as told:
        load_prompts()
    assert "Install" in told.value.hint
