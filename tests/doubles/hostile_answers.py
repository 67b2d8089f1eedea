"""Answers made of what people and pages write to make a bot misbehave, for property tests of what is posted."""

import re
from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from newsqa.types import Answer, Article, Citation, Dropped, Duplicate, Hit, Passage, Sentence, Usage

PATH = "/home/oake/private/bridge.md"

NASTY = (
    *("<!channel>", "<!here>", "<!everyone>", "<@U1>", "<#C1>", "<!subteam^S1>", "<!date^1^{date}|x>", "@channel"),
    *("@everyone", "@here", "<@1>", "<@!12345678901234567>", "<@&1>", "<#1>", "</ask:1>", "<:x:1>", "<a:x:1>", "<t:1>"),
    *("<id:guide>", "<sound:1:2>", "[x](http://evil.example)", "[x](<http://evil.example>)", "](", "[[a]](b)", "!["),
    *("```", "```py", "`", "``", "*", "**", "_", "__", "~~", "||", "\\", "\\`", "\\[", "-#", "#", ">>>", "1.", "2)"),
    *("& &amp; &lt;!channel&gt;", "<https://evil.example|Bank>", "<mailto:a@b.example>", "https://evil.example/a_b_*c"),
    *(
        "http://x/@everyone",
        "javascript:alert(1)",
        "data:text/html,x",
        ":tada:",
        "| > )",
        "[9999]",
        "[1]",
        "discord.gg/x",
    ),
    *("\u202e", "\u200b", "\u2066", "\ufeff", "\x1b[2J", "\x00", "\ud800", "\udfff", "\r\n", "\n", "\u2028", "\n> "),
    *(
        "e\u0301\u0301",
        "🇫🇷🇩🇪",
        "👍🏽",
        "👨\u200d👩\u200d👧",
        "한국",
        "नि",
        "𝔘" * 9,
        "مرحبا",
        "a" * 2_500,
        "e\u0301" * 400,
        "漢字。" * 90,
    ),
    *("It closed on Monday.", "Dr. Oake said so.", "“No,” she said.", "quay"),
)

ADDRESSES = (
    "https://courier.example/bridge",
    "https://courier.example/a b|c>d)e\n*f*_g_[h](i)\\`@everyone",
    "http://user:secret@courier.example:8080/x?a=1&b=<2>#<!channel>",
    "https://bücher.example/ä?q=漢#100%",
    "http://intranet/news",
    "https://[::1]:80/x",
    "https://courier.example/" + "x" * 3_000,
    "https://courier.example/a#top",
    "HTTPS://COURIER.EXAMPLE/UP",
    "javascript:alert(1)",
    "javascript://courier.example/%0aalert(1)",
    "ftp://courier.example/bridge",
    "data:text/html,<b>",
    "http://[bad",
    "https://courier.example:port/",
    "https://a..b/",
    "https://",
    "/home/oake/private/bridge.md",
    None,
)

BITS = st.sampled_from(NASTY) | st.text(max_size=12) | st.text(st.characters(), max_size=6)
WORDS = st.lists(BITS, max_size=5).map(" ".join) | st.lists(BITS, max_size=4).map("".join)
LONG = st.builds(lambda words, times: (f"{words} " * times)[:9_000], WORDS, st.sampled_from([1, 1, 2, 12, 90]))
MAYBE = st.none() | WORDS

CITATIONS = st.builds(
    Citation,
    n=st.just(1),
    article_id=st.just("a"),
    title=MAYBE,
    outlet=MAYBE,
    published=st.sampled_from([None, date(2025, 3, 4), date(1, 1, 1)]),
    url=st.sampled_from(ADDRESSES),
    path=st.just(PATH),
    quote=LONG,
    start=st.just(0),
    end=st.just(1),
    also_carried_by=st.builds(
        lambda outlet, times: (Duplicate("c", outlet),) * times, MAYBE, st.sampled_from([0, 1, 6])
    ),
)
ARTICLES = st.builds(
    Article, st.just("a"), st.just("x"), st.just(PATH), title=WORDS, outlet=MAYBE, url=st.sampled_from(ADDRESSES)
)


@st.composite
def answers(draw):
    """Draw an answer whose text has a marker for each of its citations."""
    kinds = draw(st.lists(CITATIONS, max_size=3))
    count = len(kinds) * draw(st.sampled_from([1, 1, 1, 5]))
    citations = tuple(replace(kinds[n % len(kinds)], n=n + 1) for n in range(count))
    said = [_unnumbered(draw(LONG)) for _ in kinds]
    sentences = tuple(Sentence(said[c.n % len(said)], (c.n,), 1.0) for c in citations)
    refused = not citations and draw(st.booleans())
    text = " ".join(f"{s.text} [{s.citations[0]}]" for s in sentences) or _unnumbered(draw(LONG))
    article = draw(ARTICLES)
    return Answer(
        question=draw(WORDS),
        standalone="q",
        asked=date(2025, 4, 1),
        text=f"{text} {article.title}" if refused else text,
        refused=refused,
        sentences=sentences,
        citations=citations,
        retrieved=(Hit(Passage(1, article.id, 0, 1, "x"), article, 0.5),),
        dropped=tuple(Dropped(words, words) for words in draw(st.lists(WORDS, max_size=2))),
        notices=tuple(draw(st.lists(LONG, max_size=2)) * draw(st.sampled_from([1, 7]))),
        incomplete=draw(st.booleans()),
        model=draw(st.just("extractive") | WORDS),
        usage=Usage(1, 1, draw(st.sampled_from([None, 0.0, 0.02]))),
    )


def with_marks(answer, data):
    """Return an answer in lines whose sentences are marked anywhere."""
    places = st.tuples(st.integers(-2, 60), st.integers(-2, 90))
    marked = [replace(s, marks=tuple(data.draw(st.lists(places, max_size=3)))) for s in answer.sentences]
    return replace(answer, sentences=tuple(marked), kind="overview")


def _unnumbered(words: str) -> str:
    """Return words without anything that reads as a marker: the numbers in an answer are those of its citations."""
    return re.sub(r"\[(\d+)\]", r"(\1)", words)
