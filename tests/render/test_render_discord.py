"""What is posted in Discord: within all limits, whole, with every source, calling nobody, whatever articles say."""

import json
import re
import warnings
from dataclasses import replace

import pytest
from example_answers import ARTICLE, NEAREST, a_refusal, a_timeline, an_answer, citation
from hostile_answers import LONG, PATH, WORDS, answers, with_marks
from hypothesis import given, settings
from hypothesis import strategies as st

from newsqa.render.clean import at_quote, safe_line, web_address
from newsqa.render.discord import escape, render_answer, render_line, render_sources, strip_markup
from newsqa.render.posts import partial_line, utf16_length
from newsqa.text.calendar import format_day
from newsqa.types import Article, Duplicate, Sentence
from thoroughness import examples

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of audioop, which discord.py imports for voices
    import discord

CALLS = re.compile(r"@everyone|@here|<@[!&]?\d+>|<#\d+>|<a?:\w+:\d+>|</[^:<>]+:\d+>|<t:\d+", re.IGNORECASE)
ADDRESS = re.compile(r"<(https?://[^\s<>]+)>", re.IGNORECASE)
BARE = re.compile(r"(?<!<)https?://[^\s<>\u200b.,:;!?\"'”’)\]}*_~|`\\]", re.IGNORECASE)
LEADING = re.compile(r"^(?:[#>*+-]|\d+[.)])", re.MULTILINE)


def displayed(markdown):
    """Return what Discord shows of Markdown in which nothing is mark-up; fail where something is."""
    literal = re.sub(rf"{ADDRESS.pattern}|\\[^0-9A-Za-z\s]", "\ue000", markdown, flags=re.IGNORECASE)
    assert not re.search(r"[\\*_~`|]|\]\(", literal), markdown
    assert not LEADING.search(literal), markdown
    assert not BARE.search(ADDRESS.sub("", markdown)), markdown
    shown = re.sub(rf"{ADDRESS.pattern}|\\([^0-9A-Za-z\s])", lambda m: m[1] or m[2], markdown, flags=re.IGNORECASE)
    return shown.replace("\u200b", "")


def unwrapped(description):
    """Return the lines of an embed's text as they show, without the mark of a quote."""
    return [displayed(re.sub("^> ", "", line)) for line in description.split("\n")]


def letters(text):
    """Return a text without its spaces; an address may be written with %40 for @."""
    return "".join(text.replace("\u200b", "").replace("@", "%40").split())


def is_fit(part):
    """Assert that Discord's own client knows a message, that its limits hold, and that nothing in it calls anybody."""
    assert part.content or part.embeds
    assert utf16_length(part.content) <= 2_000
    assert len(part.embeds) <= 10
    embeds = [discord.Embed.from_dict(embed) for embed in part.embeds]
    known = [{name: embed.to_dict()[name] for name in given} for embed, given in zip(embeds, part.embeds, strict=True)]
    assert known == list(part.embeds)
    assert sum(map(len, embeds)) <= 6_000
    for embed in embeds:
        assert utf16_length(embed.title or "") <= 256
        assert utf16_length(embed.description or "") <= 4_096
        assert utf16_length(embed.footer.text or "") <= 2_048
        assert len(embed.url or "") <= 2_048
        assert embed.title or embed.description
        displayed(embed.title or "")
        unwrapped(embed.description or "")
    everything = json.dumps([part.content, part.embeds], ensure_ascii=False)
    assert not CALLS.search(everything)
    assert PATH not in everything
    everything.encode()


def sources_in(parts):
    """Return the number and the embed of each source listed."""
    titled = [(re.match(r"\[(\d+)\] ", embed.get("title", "")), embed) for part in parts for embed in part.embeds]
    return [(int(number[1]), embed) for number, embed in titled if number]


@given(answers())
@settings(max_examples=examples(150), deadline=None)
def test_an_answer_is_posted_whole_with_its_sources_within_all_limits_and_calls_nobody(answer):
    parts = render_answer(answer, "x" * 80, private=True)
    for part in parts:
        is_fit(part)
    whole = safe_line(answer.text) or "There is no answer."
    pieces = [displayed(part.content) for part in parts]
    assert letters("".join(pieces)) == letters(whole)
    assert [n for piece in pieces for n in re.findall(r"\[\d+\]", piece)] == re.findall(r"\[\d+\]", whole)
    has_every_source(parts, answer)
    assert not any(part.buttons for part in parts[:-1])
    for button in parts[-1].buttons:
        assert discord.ui.Button(custom_id=button.id, label=button.label, style=discord.ButtonStyle[button.style])
        assert len(button.id) <= 100
        assert len(button.label) <= 80


def has_every_source(parts, answer):
    """Assert that each source is listed once over all messages, with what is known of it and where its quote begins."""
    listed = sources_in(parts)
    assert [n for n, _ in listed] == [c.n for c in answer.citations]
    for part in parts:
        addresses = [embed["url"] for embed in part.embeds if "url" in embed]
        assert len(set(addresses)) == len(addresses)
    for (_, embed), source in zip(listed, answer.citations, strict=True):
        address, lines = web_address(source.url), unwrapped(embed.get("description", ""))
        address = address and at_quote(address, source.quote)
        assert embed.get("url", address or "").startswith(address or "")
        assert not address or "url" in embed or letters(address) in map(letters, lines)
        assert letters((safe_line(source.title or "") or "untitled")[:60]) in letters(displayed(embed["title"]))
        assert (
            source.published is None
            or len(source.outlet or "") > 80
            or format_day(source.published) in embed["footer"]["text"]
        )
        assert letters(safe_line(source.quote)[:300]) in letters(lines[0] if lines else "")


@given(answers())
@settings(max_examples=examples(60), deadline=None)
def test_all_sources_are_given_with_their_whole_quotes(answer):
    parts = render_sources(answer)
    for part in parts:
        is_fit(part)
    lines = [line for part in parts for e in part.embeds for line in e.get("description", "").split("\n")]
    shown = letters("".join(displayed(line[2:]) for line in lines if line.startswith("> ")))
    assert all(letters(safe_line(source.quote)) in shown for source in answer.citations)
    assert [n for n, _ in sources_in(parts)] == [source.n for source in answer.citations]


@given(st.lists(LONG, max_size=4))
@settings(max_examples=examples(60), deadline=None)
def test_what_is_shown_on_the_way_fits_too(said):
    sentences = [Sentence(words, (n,), 1.0) for n, words in enumerate(said)]
    for part in (render_line(partial_line(sentences)), render_line(" ".join(said))):
        is_fit(part)
        displayed(part.content)


ESCAPED = [
    ("It carries 4,000 carts a day. [1]", "It carries 4,000 carts a day. [1]"),
    ("*a* _b_ ~~c~~ ||d|| `e` \\", r"\*a\* \_b\_ \~\~c\~\~ \|\|d\|\| \`e\` " + "\\\\"),
    ("[x](http://evil.example)", r"[x]\(<http://evil.example>)"),
    ("@everyone and <@1>", "@\u200beveryone and <\u200b@\u200b1>"),
    ("# not a heading", r"\# not a heading"),
    ("1. not a list", r"1\. not a list"),
    ("3 March 2025", "3 March 2025"),
    ("see https://x.example/a_b_c.", "see <https://x.example/a_b_c>."),
    ("ann@x.example, a < b > c", "ann@x.example, a < b > c"),
]


@pytest.mark.parametrize(("words", "markdown"), ESCAPED)
def test_words_show_as_they_are(words, markdown):
    assert escape(words) == markdown


def test_an_answer_has_an_embed_a_source():
    (part,) = render_answer(an_answer(), "ex-1")
    assert part.content == "It carries 4,000 carts a day. [1] Nobody was hurt. [2]"
    about = {"text": "Orrinport Courier · 4 March 2025"}
    title = "Bridge [/b] {x} {{ closed"
    address = "https://courier.example/bridge"
    assert part.embeds[:2] == (
        {
            "title": f"[1] {title}",
            "url": f"{address}#:~:text=It%20carries%204%2C000%20carts%20a%20day.",
            "description": "> It carries 4,000 carts a day.\nalso carried by Coastline Wire",
            "footer": about,
        },
        {
            "title": f"[2] {title}",
            "url": f"{address}#:~:text=Nobody%20was%20hurt.",
            "description": "> Nobody was hurt.",
            "footer": about,
        },
    )
    assert part.embeds[2]["description"].split("\n") == [
        "1 sentence of the draft was left out: “fell” is in none of its quotes.",
        "2 articles of no known date were left out.",
    ]
    assert [button.id for button in part.buttons] == ["newsqa:good:ex-1", "newsqa:bad:ex-1"]


def test_a_title_with_marks_and_line_ends_still_leads_to_its_article():
    hard = replace(ARTICLE, title="A | B > C) <d>\n& *e*", url="https://courier.example/a|b>c)d")
    (part,) = render_answer(an_answer(citations=(citation(1, "Nobody was hurt.", hard),)), "ex-1")
    assert displayed(part.embeds[0]["title"]) == "[1] A | B > C) <d> & *e*"
    assert part.embeds[0]["url"] == "https://courier.example/a%7Cb%3Ec)d#:~:text=Nobody%20was%20hurt."


def test_a_source_without_title_and_address_shows_what_is_known():
    bare = Article("a", "Nobody was hurt.", PATH, None, "Orrinport Courier")
    (part,) = render_answer(an_answer(citations=(citation(1, "Nobody was hurt.", bare),)), "ex-1")
    footer = {"text": "Orrinport Courier · no date"}
    assert part.embeds[0] == {"title": "[1] untitled", "description": "> Nobody was hurt.", "footer": footer}


def test_an_address_that_discord_takes_in_no_title_is_written_out():
    inner = replace(ARTICLE, url="http://intranet/bridge")
    (part,) = render_answer(an_answer(citations=(citation(1, "Nobody was hurt.", inner),)), "ex-1")
    assert "url" not in part.embeds[0]
    assert part.embeds[0]["description"] == "> Nobody was hurt.\n<http://intranet/bridge#:~:text=Nobody%20was%20hurt.>"


def test_quotes_of_one_article_that_are_the_same_have_addresses_of_their_own():
    same = citation(1, "Nobody was hurt.")
    (part,) = render_answer(an_answer(citations=(same, replace(same, n=2))), "ex-1")
    link = "https://courier.example/bridge#:~:text=Nobody%20was%20hurt."
    assert [embed["url"] for embed in part.embeds[:2]] == [link, f"{link}&quote-2"]


def test_a_refusal_lists_the_nearest_articles_linked_with_their_leads():
    (part,) = render_answer(a_refusal(), "ex-1")
    is_fit(part)
    assert part.content == "The articles do not answer this. 3 articles searched. Nearest:"
    for embed, near in zip(part.embeds, NEAREST, strict=True):
        assert (embed["title"], embed["description"]) == (near.title, f"> {near.lead}")
        assert embed.get("url") == (near.url and at_quote(near.url, near.lead))
        assert embed["footer"] == {"text": f"Orrinport Courier · {near.published.day} March 2025"}
    assert [button.id for button in part.buttons] == ["newsqa:good:ex-1", "newsqa:bad:ex-1"]


def test_a_timeline_has_a_line_a_day_and_its_marks_are_bold():
    (part,) = render_answer(a_timeline(), "ex-1")
    assert part.content == (
        "\\- 4 March 2025: It carries **4,000** carts a day. [1]\n\\- 14 March 2025: Nobody was hurt. [2]"
    )


@given(answers(), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_hostile_words_that_are_marked_do_no_harm(answer, data):
    for part in render_answer(with_marks(answer, data), "ex-1"):
        assert utf16_length(part.content) <= 2_000
        assert not CALLS.search(json.dumps([part.content, part.embeds], ensure_ascii=False))
        assert "](" not in part.content.replace("\\](", "")


def test_what_needs_no_sources_asks_for_no_verdict():
    hello = {"sentences": (), "citations": (), "dropped": (), "notices": (), "text": "Ask about the articles."}
    for kind in ("about_library", "about_answer", "smalltalk"):
        (part,) = render_answer(an_answer(kind=kind, **hello), "ex-1")
        assert (part.content, part.embeds, part.buttons) == ("Ask about the articles.", (), ())


def test_a_long_quote_is_cut_beside_the_answer_and_whole_among_the_sources():
    story = replace(ARTICLE, text=" ".join(f"The ferry left quay {n} at dawn." for n in range(300)))
    answer = an_answer(citations=(citation(1, story.text, story, (Duplicate("c", "Coastline Wire"),)),))
    (part,) = render_answer(answer, "ex-1", private=True)
    quote = part.embeds[0]["description"].split("\n")[0].removeprefix("> ")
    assert quote.endswith("…")
    assert story.text.startswith(quote[:-1])
    does = ["good", "bad", "sources", "share"]
    assert [button.id for button in part.buttons] == [f"newsqa:{what}:ex-1" for what in does]
    texts = [embed["description"] for whole in render_sources(answer) for embed in whole.embeds]
    assert len(texts) > 1
    assert letters("".join(text.removeprefix("> ") for text in texts)) == letters(
        f"{story.text} also carried by Coastline Wire"
    )


def test_an_answer_of_20_000_characters_goes_out_in_whole_sentences():
    text = " ".join(f"Mr. Oake told of quay {n} and of the ``` that he saw there. [{n}]" for n in range(1, 301))
    parts = render_answer(an_answer(text=text), "ex-1")
    said = [part.content for part in parts if part.content]
    assert " ".join(map(displayed, said)) == text
    assert len(said) >= 10
    assert all(re.fullmatch(r"Mr\. Oake .* there\. \[\d+\]", words) for words in said)
    assert not any("```" in words for words in said)


SAID = [
    ("plain words", "plain words"),
    ("**Who** __said__ ~~no~~ ||yes|| `code` a_b_c 2*3*4", "Who said no yes code a_b_c 2*3*4"),
    ("see <:anchor:12> and <a:wave:3>", "see :anchor: and :wave:"),
    ("<t:1618953630:R> in <#1> by <@1>, <@!2> and <@&3> with </ask:4>", "20 April 2021 in by , and with /ask"),
    ("<https://x.example/a> [the page](https://x.example/a)", "https://x.example/a the page"),
    ("## Heading\n> quoted\nand \\*asked\\*", "Heading\nquoted\nand *asked*"),
    ("\ud800 \u202eb", "\ufffd b"),
    ("<never closed", "<never closed"),
]


@pytest.mark.parametrize(("written", "words"), SAID)
def test_what_people_write_is_read_as_plain_words(written, words):
    assert strip_markup(written) == words


@given(WORDS)
def test_anything_can_be_read(words):
    strip_markup(words).encode()


def test_invitations_to_other_servers_become_no_cards():
    for invitation in ("discord.gg/canary", "Discord.com/invite/canary", "discordapp.com/invite/canary"):
        assert not re.search(r"(\.gg|/invite)/canary", escape(f"Join {invitation} now"))
        assert displayed(escape(invitation)) == invitation
    assert escape("https://discord.gg/canary") == "<https://discord.gg/canary>"
