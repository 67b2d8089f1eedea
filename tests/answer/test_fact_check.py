"""`newsqa check` and `NewsQA.check`: what the articles have on each sentence of a text by other hands."""

import json
import re
from dataclasses import replace

import pytest
from openai_stand_in import openai_stand_in
from typer.testing import CliRunner

from newsqa.answer.fact_check import MAX_SENTENCES, NEGATED, read_statements
from newsqa.api import NewsQA
from newsqa.cli import app
from newsqa.errors import SourceError, UsageError
from newsqa.render.plain import check_page
from newsqa.settings import Settings

VERBATIM = "Income tax does not change."
CHANGED = "The crack in Ostrel Dam is fourteen metres long, and it lies nine metres below the surface."
REWORDED = "Divers found that the crack in the eastern spillway of Ostrel Dam is eleven metres long."
NOWHERE = "Penguins were counted by satellite over the Ross Ice Shelf."
DRAFT = f"# A draft\n\n{VERBATIM} {CHANGED}\n\n{REWORDED} {NOWHERE}\n"


@pytest.fixture(scope="module")
def news(sample_index):
    with NewsQA.open(Settings(index=sample_index)) as opened:
        yield opened


@pytest.fixture(scope="module")
def checked(news):
    return news.check(DRAFT)


def verdicts(checked):
    return {finding.text: finding.verdict for finding in checked.findings}


def test_each_sentence_has_a_verdict_and_stands_at_its_place(checked):
    assert [DRAFT[one.start : one.end] for one in checked.findings] == [one.text for one in checked.findings]
    assert verdicts(checked) == {
        "# A draft": "not_found",
        VERBATIM: "supported",
        CHANGED: "contradicted",
        REWORDED: "unclear",
        NOWHERE: "not_found",
    }


def test_quotes_are_spans_of_articles_and_what_is_not_found_has_none(news, checked):
    found = {finding.text: finding for finding in checked.findings}
    cited = {citation.n: citation for citation in checked.citations}
    assert "a crack eleven metres long" in cited[found[CHANGED].citations[0]].quote
    assert found[NOWHERE].citations == ()
    assert found[CHANGED].why == "number fourteen is in none of its quotes"
    assert found[VERBATIM].why is None
    assert found[VERBATIM].checked_by == "verbatim"
    for citation in checked.citations:
        assert news.article(citation.article_id).text[citation.start : citation.end] == citation.quote


def test_a_judge_reads_what_code_leaves_open(sample_index, monkeypatch):
    with openai_stand_in() as script:
        monkeypatch.setenv("OPENAI_BASE_URL", script.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")
        script.judge = lambda prompt: "1: yes" if f"1: {REWORDED}" in prompt.text else "1: no, because it differs"
        with NewsQA.open(Settings(index=sample_index, judge="openai:stand-in")) as news:
            checked = news.check(f"{CHANGED} {REWORDED}")
        assert verdicts(checked) == {CHANGED: "contradicted", REWORDED: "supported"}
        assert checked.usage.input_tokens > 0
        assert not any(f"1: {CHANGED}" in str(asked["messages"]) for asked in script.judged)


def test_a_judge_finds_the_contrary(sample_index, monkeypatch):
    denial = "The divers did not find a crack in the eastern spillway of Ostrel Dam, the Ambry Water Board said."
    with openai_stand_in() as script:
        monkeypatch.setenv("OPENAI_BASE_URL", script.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")
        script.judge = lambda prompt: (
            "1: yes" if NEGATED.format(denial) in prompt.text else "1: no, because it is not so"
        )
        with NewsQA.open(Settings(index=sample_index, judge="openai:stand-in")) as news:
            (finding,) = news.check(denial).findings
    assert finding.verdict == "contradicted"
    assert "contrary" in finding.why


@pytest.mark.parametrize(
    ("sentences", "before", "people"),
    [
        (["Ilva Tam spoke in Kell.", "She was glad."], "Ilva Tam spoke in Kell.", ("Ilva Tam",)),
        (["Ilva Tam spoke.", "It rained.", "“I am glad,” she said."], "Ilva Tam spoke. It rained.", ("Ilva Tam",)),
        (["Ilva Tam spoke.", *["It rained."] * 3, "On Monday, she left."], "It rained.", ("Ilva Tam",)),
        (["Ilva Tam met Orn Bask.", "But he left."], "Ilva Tam met Orn Bask.", ("Ilva Tam", "Orn Bask")),
        (["The Kell Harbour Authority met.", "It was late."], "The Kell Harbour Authority met.", ()),
        (["Ilva Tam spoke.", "The mayor said she was glad."], "", ()),
        (["Ilva Tam spoke.", "Orn Bask said he was glad."], "", ()),
        (["Ilva Tam spoke.", "“She is glad,” Orn Bask said."], "", ()),
        (["Ilva Tam spoke.", "Fog fell."], "", ()),
        (["She was glad."], "", ()),
    ],
)
def test_a_sentence_that_points_back_is_read_with_those_before_it(sentences, before, people):
    *_, last = read_statements(sentences)
    assert (last.text, last.before, last.people) == (sentences[-1], before, people)


BLAMED = "{} put the blame on the harbour strike and on the crack in Ostrel Dam."
WORD_FOR_WORD = "He blamed the harbour strike and the crack in Ostrel Dam."


@pytest.fixture
def judged(sample_index, monkeypatch):
    """Check a draft with a judge that knows who blamed the strike: Arkwell, and nobody else."""
    with openai_stand_in() as script:
        monkeypatch.setenv("OPENAI_BASE_URL", script.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")

        def judge(prompt):
            asked = re.findall(r"^SENTENCE (\d+): (.*)\n(?:BEFORE IT: (.*)\n)?<<<$", prompt.text, re.MULTILINE)
            right = {n for n, said, before in asked if said == BLAMED.format("He") and "Arkwell" in before}
            return "\n".join(f"{n}: {'yes' if n in right else 'no, because it differs'}" for n, *_ in asked)

        script.judge = judge
        with NewsQA.open(Settings(index=sample_index, judge="openai:stand-in")) as news:
            yield lambda draft: (news.check(draft).findings, [str(one["messages"]) for one in script.judged])


def test_a_judge_is_told_of_whom_a_sentence_speaks(judged):
    findings, asked = judged(f"Gideon Arkwell is the finance minister. It was late. {BLAMED.format('He')}")
    assert findings[-1].verdict == "supported"
    assert findings[-1].text == BLAMED.format("He")
    assert any("BEFORE IT: Gideon Arkwell is the finance minister. It was late." in one for one in asked)


def test_what_comes_before_a_sentence_proves_nothing(judged):
    draft = (
        f"Teodra Valk put the blame on the harbour strike, the crack in Ostrel Dam and moles. {BLAMED.format('She')}"
    )
    (_, finding), asked = judged(draft)
    assert finding.verdict != "supported"
    quotes = [one.partition("<<<")[2].partition(">>>")[0] for one in asked]
    assert quotes
    assert not any("moles" in one for one in quotes)


@pytest.mark.parametrize("said", [BLAMED.format("He"), WORD_FOR_WORD])
def test_an_article_about_somebody_else_supports_nothing(judged, said):
    findings, asked = judged(f"Orn Bask is a mole catcher in Lund. {said}")
    assert findings[-1].verdict != "supported"
    assert findings[-1].why == "name Orn Bask is in none of its quotes"
    assert not any("It is not true" not in one and WORD_FOR_WORD in one.partition("<<<")[0] for one in asked)


def run(*options, **given):
    return CliRunner().invoke(app, ["check", *options], **given)


def test_the_command_shows_each_sentence_with_its_quotes(sample_index, tmp_path):
    (tmp_path / "draft.md").write_text(DRAFT)
    page = tmp_path / "report.html"
    done = run(str(tmp_path / "draft.md"), "--index", str(sample_index), "--html", str(page))
    assert done.exit_code == 0
    assert f"✓ {VERBATIM}\n    supported (verbatim)\n    [1] “" in done.stdout
    assert f"✗ {CHANGED}\n    contradicted by the quote below: number fourteen" in done.stdout
    assert "5 sentences · 1 supported · 1 contradicted · 1 unclear · 2 not found" in done.stdout
    assert f'<li class="contradicted"><p dir="auto">{CHANGED}</p>' in page.read_text()


def test_json_is_the_whole_result_and_standard_input_is_read(sample_index):
    done = run("-", "--json", "--index", str(sample_index), input=VERBATIM)
    record = json.loads(done.stdout)
    assert record["findings"][0] | {"citations": [1]} == {
        "text": VERBATIM, "start": 0, "end": len(VERBATIM), "verdict": "supported", "checked_by": "verbatim",
        "why": None, "citations": [1],
    }  # fmt: skip
    assert VERBATIM in record["citations"][0]["quote"]
    assert record["usage"]["cost"] == 0.0


def test_bounds_hold(sample_index):
    done = run("-", "--json", "--outlet", "Nobody's News", "--index", str(sample_index), input=VERBATIM)
    assert json.loads(done.stdout)["findings"][0]["verdict"] == "not_found"


@pytest.mark.parametrize("text", ["", " \n", "a\0b"])
def test_what_is_no_text_is_refused(sample_index, text):
    with pytest.raises(UsageError):
        raise run("-", "--index", str(sample_index), input=text).exception


def test_a_missing_file_and_an_endless_text_are_errors(sample_index, tmp_path, news):
    with pytest.raises(SourceError):
        raise run(str(tmp_path / "none.md"), "--index", str(sample_index)).exception
    with pytest.raises(UsageError, match="sentences"):
        news.check("It rained. " * (MAX_SENTENCES + 1))


def test_a_page_is_text_whatever_a_draft_or_an_article_says(checked):
    hostile = "<script>alert(1)</script>\u202e<a href=javascript:x>"
    finding = replace(checked.findings[1], text=hostile, why=hostile, verdict="unclear", checked_by=None)
    citation = replace(checked.citations[0], title=hostile, outlet=hostile, quote=hostile, url="javascript:alert(1)")
    page = check_page(replace(checked, findings=(finding,), citations=(citation,)))
    assert "<script" not in page
    assert "<a " not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
