"""What people and programs are shown of an answer."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from example_answers import ARTICLE, NEAREST, a_refusal, a_timeline, an_answer, citation
from hostile_answers import WORDS
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from newsqa.render.clean import safe
from newsqa.render.plain import answer_text, conversation_markdown, quote_text
from newsqa.render.record import article_record, from_record, to_line, to_record
from newsqa.render.terminal import answer_view, excerpt_view, sentences_view
from newsqa.render.wording import explain_checks, explain_dropped, find_matches, marked_text, provenance
from newsqa.types import Article, Dropped, Duplicate, Sentence, Usage

HOSTILE = "\x1b]0;owned\x07\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\r\u202e[/b]"


def shown(view, width=80, **how):
    console = Console(file=StringIO(), width=width, **how)
    console.print(view)
    return console.file.getvalue()


def test_the_record_has_the_fields_of_the_contract():
    record = json.loads(to_line(to_record(an_answer())))
    assert set(record) == {
        *("id", "question", "standalone", "asked", "as_of", "kind", "refused", "reason", "incomplete", "error", "text"),
        *("sentences", "citations", "retrieved", "nearest", "dropped", "unanswered", "notices", "confidence"),
        *("model", "index", "config", "timings", "usage"),
    }
    assert record["asked"] == "2025-04-01"
    assert record["as_of"] is None
    checked = {"support": 1.0, "checked_by": "verbatim", "marks": []}
    assert record["sentences"][0] == {"text": "It carries 4,000 carts a day.", "citations": [1], **checked}
    assert record["citations"][0] == {
        "n": 1,
        "article_id": "or-1",
        "title": "Bridge [/b] {x} {{ closed",
        "outlet": "Orrinport Courier",
        "published": "2025-03-04",
        "url": "https://courier.example/bridge",
        "path": "corpus/or/bridge.md",
        "quote": "It carries 4,000 carts a day.",
        "start": 37,
        "end": 66,
        "also_carried_by": [{"article_id": "cw-9", "outlet": "Coastline Wire"}],
    }
    assert set(record["retrieved"][0]) == {"article_id", "url", "path", "start", "end", "score", "text"}
    assert record["dropped"] == [{"text": "A cart fell.", "why": "“fell” is in none of its quotes"}]
    assert record["usage"] == {"input_tokens": 0, "output_tokens": 0, "cost": 0.0}


def test_a_record_is_read_back_without_what_was_retrieved():
    answer = an_answer()
    again = from_record(json.loads(to_line(to_record(answer))))
    assert again == an_answer(retrieved=(), confidence=0.8123)


def test_a_line_of_json_commands_no_terminal_and_loses_nothing():
    record = article_record(Article("x", HOSTILE + "\ud800\x7f\u2028é😀", "p"))
    line = to_line(record)
    assert line.isprintable()
    assert "é😀" in line
    assert json.loads(line)["text"] == record["text"]


def test_an_answer_shows_each_source_once_with_its_quotes():
    text = shown(answer_view(an_answer()))
    assert "It carries 4,000 carts a day. [1] Nobody was hurt. [2]" in text
    assert text.count("Bridge [/b] {x} {{ closed") == 1
    assert "Orrinport Courier · 4 March 2025" in text
    assert "“It carries 4,000 carts a day.”" in text
    assert "also carried by Coastline Wire" in text
    assert "2 articles of no known date were left out." in text


def test_what_was_dropped_is_counted_with_reasons_and_shown_whole_only_on_demand():
    one = an_answer(dropped=(Dropped("A cart fell.", "“fell” is in none of its quotes"),))
    many = an_answer(dropped=tuple(Dropped(f"It carries {n} carts.", f"number {n} is wrong") for n in range(5)))
    for text in (shown(answer_view(one), 200), answer_text(one), conversation_markdown("Carts", [one])):
        assert "1 sentence of the draft was left out: “fell” is in none of its quotes." in text
        assert "A cart fell." not in text
    assert explain_dropped(one) == ["“A cart fell.”\n“fell” is in none of its quotes"]
    note = "5 sentences of the draft were left out: number 0 is wrong; number 1 is wrong; number 2 is wrong; …"
    assert note in answer_text(many)


def test_the_model_that_wrote_is_named_and_what_it_cost():
    written = an_answer(model="openai:quill", usage=Usage(900, 40, 0.000314))
    assert "Written by openai:quill for $0.00031;" in shown(answer_view(written), 200)
    assert "Written by ollama:reed;" in answer_text(an_answer(model="ollama:reed"))
    assert "Written by" not in answer_text(an_answer())
    assert "Written by" not in answer_text(an_answer(model="openai:quill", refused=True))
    assert "incomplete" in answer_text(an_answer(incomplete=True))
    hostile = answer_text(an_answer(model=f"openai:{HOSTILE}", dropped=(Dropped(HOSTILE, HOSTILE),)))
    assert "\x1b" not in hostile
    assert "\x9b" not in hostile


def test_the_words_of_the_question_are_highlighted_in_the_quote():
    text = shown(answer_view(an_answer()), force_terminal=True, color_system="standard")
    assert "\x1b[1;33mcarts\x1b[0m" in text


@pytest.mark.parametrize(
    ("question", "found"),
    [("how many carts were there?", ["carts"]), ("carting 4,000 of what?", ["carts"]), ("who is it?", [])],
)
def test_question_words_are_found_in_any_form(question, found):
    text = "It carries 4,000 carts a day."
    hits = [text[start:end] for start, end in find_matches(question, text)]
    assert [hit for hit in hits if hit.isalpha()] == found


def test_a_refusal_is_shown_as_it_is():
    answer = an_answer(
        sentences=(), citations=(), dropped=(), notices=(), refused=True, text="The articles do not say."
    )
    assert shown(answer_view(answer)).strip() == "The articles do not say."
    assert answer_text(answer) == "The articles do not say."


@pytest.mark.parametrize(
    ("outlet", "url", "shown_as"),
    [
        ("BBC News", "https://www.bbc.co.uk/a", "BBC News"),
        ("Süddeutsche Zeitung", "https://sueddeutsche.de/a", "Süddeutsche Zeitung"),
        ("New York Times", "https://www.nytimes.com/a", "New York Times"),
        ("Frankfurter Allgemeine Zeitung", "https://www.faz.net/a", "Frankfurter Allgemeine Zeitung"),
        ("tarnvalleypost.example", "https://tarnvalleypost.example/a", "tarnvalleypost.example"),
        ("Reuters", "https://www.brackwater.example/a", "Reuters (brackwater.example)"),
        ("Reuters", "https://reuters.com.brackwater.example/a", "Reuters (reuters.com.brackwater.example)"),
        ("Reuters", "https://[", "Reuters"),
        (None, "https://brackwater.example/a", ""),
    ],
)
def test_the_host_of_the_address_is_shown_beside_an_outlet_that_it_does_not_go_with(outlet, url, shown_as):
    source = replace(ARTICLE, outlet=outlet, url=url, published=None)
    assert provenance(source) == (f"{shown_as} · no date" if shown_as else "no date")


@pytest.mark.parametrize("width", [20, 80, 120])
def test_hostile_articles_are_harmless_in_every_view(width):
    hostile = Article(
        "h", f"{HOSTILE} Nobody.{HOSTILE}", HOSTILE, HOSTILE, HOSTILE, HOSTILE, None, f"https://x/{HOSTILE}"
    )
    cited = citation(1, "Nobody.", hostile, (Duplicate("h2", HOSTILE),))
    answer = an_answer(
        text=HOSTILE,
        sentences=(Sentence(HOSTILE, (1,), 1.0),),
        citations=(cited,),
        dropped=(Dropped(HOSTILE, HOSTILE),),
    )
    views = [
        shown(answer_view(answer), width),
        shown(excerpt_view(hostile, (cited.start, cited.end)), width),
        answer_text(answer),
        quote_text(cited),
        conversation_markdown(HOSTILE, [answer]),
    ]
    for view in views:
        assert all(c == "\n" or c.isprintable() for c in view)


def test_an_excerpt_marks_the_quote_and_leaves_out_what_is_far():
    text = "\n\n".join(f"Paragraph {n} tells of the quay and of what was seen there." for n in range(80))
    article = Article("l", text, "l.txt", "Long")
    start = text.index("Paragraph 40")
    view = shown(excerpt_view(article, (start, start + 20)), force_terminal=True, color_system="256")
    assert "Paragraph 40" in view
    assert "Paragraph 39" in view
    assert "Paragraph 41" in view
    assert "Paragraph 1 " not in view
    assert "Paragraph 79" not in view
    assert view.count("…") == 2


def test_markdown_keeps_what_articles_say_as_text():
    evil = Article(
        "m", "![x](http://e) <script>a</script> *b* `c`", "a_b.md", "# [t](javascript:x)", url="javascript:x"
    )
    text = conversation_markdown("a # b", [an_answer(citations=(citation(1, evil.text, evil),))])
    assert "](" not in text.replace("\\](", "").replace("\\]\\(", "")
    assert "<script>" not in text
    assert "<javascript" not in text


def test_a_quote_is_given_with_its_source():
    assert quote_text(citation(1, "Nobody was hurt.")) == (
        "“Nobody was hurt.”\nBridge [/b] {x} {{ closed, Orrinport Courier, 4 March 2025\nhttps://courier.example/bridge"
    )


MARKED = an_answer(
    sentences=(
        Sentence("It carries 4,000 carts a day.", (1,), 1.0, marks=((11, 16),)),
        Sentence("Nobody was hurt.", (2,), 0.93, marks=((0, 6),)),
    )
)


def test_the_words_that_answer_are_bold():
    for view in (answer_view(MARKED), sentences_view(MARKED.sentences)):
        text = shown(view, force_terminal=True, color_system="standard")
        assert "It carries \x1b[1m4,000\x1b[0m carts a day." in text
        assert "\x1b[1mNobody\x1b[0m was hurt." in text
    assert "It carries **4,000** carts a day. \\[1\\] **Nobody** was hurt." in conversation_markdown("Carts", [MARKED])
    assert "It carries 4,000 carts a day. [1] Nobody was hurt. [2]" in answer_text(MARKED)


@pytest.mark.parametrize(
    ("marks", "bold"),
    [
        (((-3, 2), (11, 16)), ["It", "4,000"]),
        (((20, 900),), ["ts a day."]),
        (((11, 16), (12, 20)), ["4,000"]),
        (((16, 11), (5, 5), (90, 99)), []),
        (((2, 11),), ["carries"]),
    ],
)
def test_marks_that_are_out_of_place_do_no_harm(marks, bold):
    sentences = (Sentence("It carries 4,000 carts a day.", (1,), 1.0, marks=marks),)
    said = marked_text(an_answer(sentences=sentences))
    assert said.text == "It carries 4,000 carts a day. [1] Nobody was hurt. [2]"
    assert [words for words, marked in said.pieces() if marked] == bold


@given(WORDS, WORDS, WORDS, st.booleans())
def test_marks_stay_on_their_words_whatever_is_around_them(before, marked, after, listed):
    text = before + marked + after
    sentence = Sentence(text, (1,), 1.0, marks=((len(before), len(before + marked)),))
    said = marked_text(an_answer(text=f"- {text} [1]", sentences=(sentence,), kind="list" if listed else "answer"))
    assert "".join(words for words, _ in said.pieces()) == said.text
    assert safe(said.text) == said.text
    assert ["".join(words for words, _ in line) for line in said.lines()] == said.text.split("\n")
    bold = [words for words, bold in said.pieces() if bold]
    assert "".join(bold).split() == safe(marked.strip()).split() or (listed and "\n" in marked)


def test_a_number_that_is_endless_is_no_marker():
    text = f"It carries [{'9' * 5_000}] carts. [1]"
    assert "9999" in shown(answer_view(an_answer(text=text)))


def test_a_timeline_has_a_line_a_day():
    lines = ["- 4 March 2025: It carries 4,000 carts a day. [1]", "- 14 March 2025: Nobody was hurt. [2]"]
    assert answer_text(a_timeline()).startswith("\n".join(lines) + "\n\n[1]")
    assert [line.strip() for line in shown(answer_view(a_timeline())).split("\n")[1:3]] == lines
    narrow = [line.rstrip() for line in shown(answer_view(a_timeline()), 40).split("\n")[1:3]]
    assert narrow == ["  - 4 March 2025: It carries 4,000", "    carts a day. [1]"]
    marked = "- 4 March 2025: It carries **4,000** carts a day. \\[1\\]\n\n- 14 March 2025: Nobody was hurt. \\[2\\]\n"
    assert marked in conversation_markdown("Carts", [a_timeline()])


def test_an_answer_of_one_line_stays_one_and_begins_no_list():
    answer = an_answer(text="- It carries\n- 4,000 carts.", sentences=())
    assert answer_text(answer).startswith("- It carries - 4,000 carts.\n")
    assert "\n\\- It carries - 4,000 carts.\n" in conversation_markdown("Carts", [answer])


@pytest.mark.parametrize("kind", ["about_library", "about_answer", "smalltalk"])
def test_what_needs_no_sources_is_shown_alone(kind):
    answer = an_answer(kind=kind, sentences=(), citations=(), dropped=(), notices=(), text="31 articles:\n- Courier: 9")
    assert shown(answer_view(answer), force_terminal=True, color_system="standard").split() == answer.text.split()
    assert answer_text(answer) == answer.text


def test_a_refusal_lists_the_nearest_articles_with_their_leads():
    views = [shown(answer_view(a_refusal())), answer_text(a_refusal()), conversation_markdown("Carts", [a_refusal()])]
    for text in views:
        assert "The articles do not answer this. 3 articles searched. Nearest:" in map(str.strip, text.split("\n"))
        for near in NEAREST:
            assert text.count(near.title) == text.count(near.lead) == 1
    assert "- Quay 1 full · Orrinport Courier · 1 March 2025\n    “Quay 1 was full" in views[1]


def test_a_part_without_an_answer_is_named():
    answer = an_answer(unanswered=(f"who built\nit?{HOSTILE}",))
    for text in (shown(answer_view(answer), 200), answer_text(answer)):
        assert "The articles do not answer this part: “who built it?" in text
        assert "\x1b" not in text


def test_titles_link_to_the_quote_on_a_terminal_only():
    text = shown(answer_view(an_answer()), force_terminal=True, color_system="standard")
    assert ";https://courier.example/bridge#:~:text=It%20carries%204%2C000%20carts%20a%20day.\x1b\\" in text
    assert ";https://courier.example/bridge#:~:text=Nobody%20was%20hurt.\x1b\\" in text
    assert "\x1b" not in shown(answer_view(an_answer()))
    assert ";https://courier.example/quay#:~:text=Quay%201" in shown(
        answer_view(a_refusal()), force_terminal=True, color_system="standard"
    )
    inner = replace(ARTICLE, url="javascript:alert(1)")
    text = shown(answer_view(an_answer(citations=(citation(1, "Nobody was hurt.", inner),))), force_terminal=True)
    assert "javascript" not in text


def test_titles_link_to_the_quote_in_markdown():
    title = r"**Bridge \[/b\] \{x\} \{\{ closed**"
    text = conversation_markdown("Carts", [an_answer()])
    assert f"[{title}](<https://courier.example/bridge#:~:text=Nobody%20was%20hurt.>), Orrinport" in text
    assert "> Nobody was hurt.\n" in text
    unlinked = replace(ARTICLE, url=None)
    text = conversation_markdown("Carts", [an_answer(citations=(citation(1, "Nobody was hurt.", unlinked),))])
    assert f"{title}, Orrinport Courier · 4 March 2025 — corpus/or/bridge.md" in text


def test_how_the_sentences_were_checked_is_counted():
    said = [("A", "judge"), ("B", "quoted"), ("C", "judge")]
    sentences = tuple(Sentence(text, (1,), 1.0, checked_by) for text, checked_by in said)
    lines = explain_checks(an_answer(sentences=sentences)).splitlines()
    assert [line.partition(" sentence")[0] for line in lines] == ["2", "1"]
    assert "judge" in lines[0]
    assert "in place of" in lines[1]
    assert explain_checks(an_answer(sentences=())) == ""
