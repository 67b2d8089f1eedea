"""What is posted in Slack: within every limit, whole, with every source, and calling nobody, whatever articles say."""

import html
import json
import re
from dataclasses import replace

import pytest
from example_answers import ARTICLE, NEAREST, a_refusal, a_timeline, an_answer, citation
from hostile_answers import LONG, PATH, WORDS, answers, with_marks
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from newsqa.render.clean import at_quote, safe_line, web_address
from newsqa.render.posts import partial_line
from newsqa.render.slack import (
    SlackMessage,
    add_question,
    escape,
    render_answer,
    render_line,
    render_sources,
    strip_markup,
)
from newsqa.text.calendar import format_day
from newsqa.types import Article, Duplicate, Sentence
from thoroughness import examples

CALLS = re.compile(r"<[!@#]|@(channel|here|everyone)", re.IGNORECASE)
LITERAL_PARTS = {"text", "link", "rich_text", "rich_text_section", "rich_text_quote", "rich_text_list", "plain_text"}


def values(block):
    """Yield every object in a block."""
    if isinstance(block, dict):
        yield block
        block = list(block.values())
    if isinstance(block, list):
        for inner in block:
            yield from values(inner)


def words_of(*blocks):
    """Return the words that blocks show."""
    return "".join(v["text"] for b in blocks for v in values(b) if isinstance(v.get("text"), str)).replace("\u200b", "")


def letters(text):
    """Return a text without its spaces."""
    return "".join(text.replace("\u200b", "").split())


def is_taken(blocks, most):
    """Whether Slack's own client knows the blocks, and they are within the limits that its reference tells."""
    assert 0 < len(blocks) <= most
    assert [block.to_dict() for block in Block.parse_all(list(blocks))]
    for value in (value for block in blocks for value in values(block)):
        assert value.get("type") in LITERAL_PARTS | {"actions", "button", "context", None}
        assert 0 < len(value.get("elements", "1")) <= (10 if value.get("type") == "context" else 999)
        if isinstance(text := value.get("text"), str):
            assert 0 < len(text.encode("utf-16-le")) // 2 <= 3_100
        if value.get("type") == "button":
            assert len(value["text"]["text"]) <= 75
            assert len(value["value"]) <= 2_000
        assert len(value.get("url", "")) <= 3_000
    return True


def sources_in(blocks):
    """Return the number, the address (or None) and the words of each source listed."""
    found = []
    for block in blocks:
        first = block["elements"][0].get("elements", [{}]) if block["type"] == "rich_text" else [{}]
        if number := re.fullmatch(r"\[(\d+)\] ", first[0].get("text", "")):
            addresses = [value["url"] for value in values(block) if value.get("type") == "link"]
            found.append((int(number[1]), addresses[0] if addresses else None, words_of(block)))
    return found


@given(answers())
@settings(max_examples=examples(150), deadline=None)
def test_an_answer_is_posted_whole_with_its_sources_within_all_limits_and_calls_nobody(answer):
    posts = render_answer(answer, "ex-1", private=True)
    for post in posts:
        is_fit(post)
    assert [block["type"] for post in posts for block in post.blocks].count("actions") == 1
    assert posts[-1].blocks[-1]["type"] == "actions"
    posts = (SlackMessage(posts[0].text, posts[0].blocks[1:]), *posts[1:])  # without the question
    has_every_word(posts, safe_line(answer.text) or "There is no answer.")
    has_every_source(posts, answer)


@given(answers())
@settings(max_examples=examples(60), deadline=None)
def test_the_view_has_every_whole_quote(answer):
    view = render_sources(answer)
    assert View(**view).to_dict()["type"] == "modal"
    assert len(view["title"]["text"]) <= 24
    assert len(json.dumps(view)) <= 250_000
    assert is_taken(view["blocks"], 100)
    assert not CALLS.search(json.dumps(view))
    assert PATH not in json.dumps(view)
    shown = letters(words_of(*view["blocks"]))
    if len(json.dumps(view)) < 200_000:
        assert all(letters(safe_line(source.quote)) in shown for source in answer.citations)


def is_fit(post):
    """Assert that Slack takes a message, and that nothing in it is mark-up, a call or a local path."""
    assert is_taken(post.blocks, 50)
    everything = json.dumps(post.blocks, ensure_ascii=False) + html.unescape(post.text)
    assert 0 < len(post.text.encode("utf-16-le")) // 2 <= 4_000
    assert len(json.dumps(post.blocks, ensure_ascii=False)) <= 12_000
    assert not re.search(r"<|(?<!^)>|&(?!(amp|lt|gt);)", post.text, re.MULTILINE)
    assert not CALLS.search(everything)
    assert "```" not in everything
    assert PATH not in everything


def has_every_word(posts, whole):
    """Assert that the first blocks of the first messages, and their texts, are the answer, with no marker torn."""
    pieces = []
    for post in posts:
        if letters("".join(pieces)) != letters(whole):
            pieces.append(words_of(post.blocks[0]))
            assert post.text.replace("\u200b", "").startswith(html.escape(pieces[-1], quote=False))
    assert letters("".join(pieces)) == letters(whole)
    assert [n for piece in pieces for n in re.findall(r"\[\d+\]", piece)] == re.findall(r"\[\d+\]", whole)


def has_every_source(posts, answer):
    """Assert that each source is listed once over all messages, with what is known of it and where its quote begins."""
    listed = [source for post in posts for source in sources_in(post.blocks)]
    assert [n for n, _, _ in listed] == [c.n for c in answer.citations]
    for (_, address, words), source in zip(listed, answer.citations, strict=True):
        whole = web_address(source.url)
        assert address == (whole and at_quote(whole, source.quote))
        assert (safe_line(source.title or "") or "untitled")[:150].rstrip() in words
        assert source.published is None or len(source.outlet or "") > 80 or format_day(source.published) in words
        quote = safe_line(source.quote)
        assert quote in words or (quote[:300].rstrip() in words and "…" in words)


@given(st.lists(LONG, max_size=4))
@settings(max_examples=examples(60), deadline=None)
def test_what_is_shown_on_the_way_fits_too(said):
    sentences = [Sentence(words, (n,), 1.0) for n, words in enumerate(said)]
    for post in (render_line(partial_line(sentences)), render_line(" ".join(said))):
        is_fit(post)


READ_ALOUD = """\
It carries 4,000 carts a day. [1] Nobody was hurt. [2]

[1] Bridge [/b] {x} {{ closed · Orrinport Courier · 4 March 2025 https://courier.example/bridge
> It carries 4,000 carts a day.
also carried by Coastline Wire

[2] Bridge [/b] {x} {{ closed · Orrinport Courier · 4 March 2025 https://courier.example/bridge
> Nobody was hurt.

1 sentence of the draft was left out: “fell” is in none of its quotes.
2 articles of no known date were left out."""


def test_an_answer_reads_well_with_and_without_blocks():
    post, *more = render_answer(an_answer(), "ex-1")
    assert not more
    assert post.text == READ_ALOUD
    kinds = [block["type"] for block in post.blocks]
    assert kinds == ["rich_text", "rich_text", "rich_text", "context", "actions"]
    head, quote, carried = post.blocks[1]["elements"]
    assert head["elements"] == [
        {"type": "text", "text": "[1] ", "style": {"bold": True}},
        {
            "type": "link",
            "url": "https://courier.example/bridge#:~:text=It%20carries%204%2C000%20carts%20a%20day.",
            "text": "Bridge [/b] {x} {{ closed",
            "style": {"bold": True},
        },
        {"type": "text", "text": " · Orrinport Courier · 4 March 2025"},
    ]
    assert quote == {
        "type": "rich_text_quote",
        "elements": [{"type": "text", "text": "It carries 4,000 carts a day."}],
    }
    assert words_of(carried) == "also carried by Coastline Wire"


def test_a_title_with_marks_and_line_ends_still_leads_to_its_article():
    title = "A | B > C) <d>\n& *e*"
    hard = replace(ARTICLE, title=title, url="https://courier.example/a|b>c)d")
    post = render_answer(an_answer(citations=(citation(1, "Nobody was hurt.", hard),)), "ex-1")[0]
    link_part = post.blocks[1]["elements"][0]["elements"][1]
    assert link_part["text"] == "A | B > C) <d> & *e*"
    assert link_part["url"] == "https://courier.example/a%7Cb%3Ec)d#:~:text=Nobody%20was%20hurt."
    assert "A | B &gt; C) &lt;d&gt; &amp; *e*" in post.text


def test_a_source_without_title_and_address_shows_what_is_known():
    bare = Article("a", "Nobody was hurt.", PATH, None, "Orrinport Courier")
    post = render_answer(an_answer(citations=(citation(1, "Nobody was hurt.", bare),)), "ex-1")[0]
    assert words_of(post.blocks[1]) == "[1] untitled · Orrinport Courier · no dateNobody was hurt."


def test_a_refusal_lists_the_nearest_articles_linked_with_their_leads():
    (post,) = render_answer(a_refusal(), "ex-1")
    is_fit(post)
    said, *nearest, buttons = post.blocks
    assert words_of(said) == "The articles do not answer this. 3 articles searched. Nearest:"
    assert post.text.startswith(words_of(said))
    for block, near in zip(nearest, NEAREST, strict=True):
        assert words_of(block) == f"{near.title} · Orrinport Courier · {near.published.day} March 2025{near.lead}"
        assert f"> {near.lead}" in post.text
    links = [(v["text"], v["url"]) for v in values(list(nearest)) if "url" in v]
    address = "https://courier.example/quay"
    assert links == [(n.title, at_quote(address, n.lead)) for n in (NEAREST[0], NEAREST[2])]
    assert [button["action_id"] for button in buttons["elements"]] == ["newsqa_good", "newsqa_bad"]


def test_a_timeline_has_a_line_a_day_and_its_marks_are_bold():
    (post,) = render_answer(a_timeline(), "ex-1")
    is_fit(post)
    lines = "- 4 March 2025: It carries 4,000 carts a day. [1]\n- 14 March 2025: Nobody was hurt. [2]"
    assert post.text.startswith(lines + "\n\n")
    assert words_of(post.blocks[0]) == lines
    bold = [v["text"] for v in values(post.blocks[0]) if v.get("style") == {"bold": True}]
    assert bold == ["4,000"]


@given(answers(), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_hostile_words_that_are_marked_do_no_harm(answer, data):
    posts = render_answer(with_marks(answer, data), "ex-1")
    for post in posts:
        is_fit(post)
    has_every_word(posts, "\n".join(filter(None, map(safe_line, answer.text.split("\n")))) or "There is no answer.")


def test_what_needs_no_sources_asks_for_no_verdict():
    hello = {"sentences": (), "citations": (), "dropped": (), "notices": (), "text": "Ask about the articles."}
    for kind in ("about_library", "about_answer", "smalltalk"):
        (post,) = render_answer(an_answer(kind=kind, **hello), "ex-1")
        assert (post.text, [block["type"] for block in post.blocks]) == ("Ask about the articles.", ["rich_text"])
    (post,) = render_answer(an_answer(kind="about_library", **hello), "ex-1", private=True)
    assert [button["action_id"] for button in post.blocks[-1]["elements"]] == ["newsqa_share"]
    (post,) = render_answer(an_answer(kind="smalltalk", **hello), "ex-1", private=True)
    assert "actions" not in [block["type"] for block in post.blocks]


def test_a_private_answer_shows_its_question_which_calls_nobody():
    question = "<!channel> who said *this* & that? " + "Really? " * 300
    (post,) = render_answer(an_answer(question=question), "ex-1", private=True)
    (line,) = post.blocks[0]["elements"]
    assert line["type"] == "plain_text"
    assert line["text"].startswith("<\u200b!channel> who said *this* & that? Really?")
    assert len(line["text"]) <= 510
    is_fit(post)
    shared = add_question(an_answer(question="Who?"), render_answer(an_answer(), "ex-1")[0], "U1")
    assert [part["text"] for part in shared.blocks[0]["elements"]] == ["<@U1> asked:", "Who?"]


def test_a_long_quote_is_cut_beside_the_answer_and_whole_in_the_view():
    story = replace(ARTICLE, text=" ".join(f"The ferry left quay {n} at dawn." for n in range(200)))
    answer = an_answer(citations=(citation(1, story.text, story, (Duplicate("c", "Coastline Wire"),)),))
    (post,) = render_answer(answer, "ex-1", private=True)
    quote = words_of(post.blocks[2]["elements"][1])
    assert quote.endswith("…")
    assert story.text.startswith(quote[:-1])
    assert 600 < len(quote) <= 700
    actions = ["newsqa_good", "newsqa_bad", "newsqa_sources", "newsqa_share"]
    assert [button["action_id"] for button in post.blocks[-1]["elements"]] == actions
    assert {button["value"] for button in post.blocks[-1]["elements"]} == {"ex-1"}
    view = render_sources(answer)
    assert len(view["blocks"]) > 1
    assert letters(story.text) in letters(words_of(*view["blocks"]))
    assert words_of(*view["blocks"]).endswith("also carried by Coastline Wire")


def test_an_answer_of_20_000_characters_goes_out_in_whole_sentences():
    cited = [citation(1, "Nobody was hurt.")] * 300
    text = " ".join(f"Mr. Oake told of quay {n} and of the ``` that he saw there. [{n}]" for n in range(1, 301))
    answer = an_answer(text=text, citations=tuple(replace(c, n=n) for n, c in enumerate(cited, 1)))
    posts = render_answer(answer, "ex-1")
    for post in posts:
        is_fit(post)
    has_every_word(posts, text)
    has_every_source(posts, answer)
    told = [post.text for post in posts if post.text.startswith("Mr. Oake")]
    assert len(told) >= 7
    assert all(re.match(r".* there\. \[\d+\]$", words.split("\n")[0]) for words in told)


def test_many_small_sources_keep_within_the_blocks_of_a_message():
    bare = replace(citation(1, "Nobody was hurt."), title=None, outlet=None, published=None, url=None, quote="")
    answer = an_answer(citations=tuple(replace(bare, n=n) for n in range(1, 120)))
    posts = render_answer(answer, "ex-1")
    for post in posts:
        is_fit(post)
    has_every_source(posts, answer)


def test_a_view_that_cannot_hold_all_quotes_says_so():
    long = replace(citation(1, "Nobody was hurt."), quote="漢字 " * 3_000)
    view = render_sources(an_answer(citations=tuple(replace(long, n=n) for n in range(1, 16))))
    assert is_taken(view["blocks"], 100)
    assert len(json.dumps(view)) <= 250_000
    assert words_of(view["blocks"][-1]) == "There is more than can be shown here."


SAID = [
    ("plain words", "plain words"),
    ("what does <https://x.example/a?b=1&amp;c=2|the page> say?", "what does the page say?"),
    ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
    ("<mailto:ann@x.example|ann@x.example> <mailto:ann@x.example>", "ann@x.example ann@x.example"),
    ("in <#C1|harbour-news> by <@U1|ann> or <@U2>?", "in #harbour-news by @ann or ?"),
    ("<!here> <!subteam^S1|@desk> <!subteam^S2> <!date^1^{date}|3 March>", "@here @desk 3 March"),
    ("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;", "1 < 2 && 3 > 2, &lt;"),
    ("*Who* _said_ ~no~ `yes` a_b_c 2*3*4", "Who said no yes a_b_c 2*3*4"),
    ("&gt; quoted\nand asked", "quoted\nand asked"),
    ("a :tada: \ud800 \u202eb", "a \ufffd b"),
    (":+1: :wave::skin-tone-3: at 10:30:45, a:b:c", "at 10:30:45, a:b:c"),
    ("<never closed", "<never closed"),
    ("<>", ""),
]


@pytest.mark.parametrize(("written", "words"), SAID)
def test_what_people_write_is_read_as_plain_words(written, words):
    assert strip_markup(written) == words


@given(WORDS)
def test_what_is_escaped_is_read_back_and_anything_can_be_read(words):
    strip_markup(words).encode()
    bare = re.sub(r"[*_~`>:]", "", safe_line(words))
    assert strip_markup(escape(bare)) == safe_line(bare)
