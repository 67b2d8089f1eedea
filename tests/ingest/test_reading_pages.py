"""Pages as newsrooms have them: what a reader of the page sees is the article, and nothing is lost in silence."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.errors import SourceError
from newsqa.ingest.clean import clean
from newsqa.ingest.files import Problem, RawArticle
from newsqa.ingest.people import find_people
from newsqa.ingest.readers.pages import read_page
from newsqa.ingest.written_dates import find_written_dates
from places import DATA

PAGES = DATA / "pages"
GOLD = json.loads((PAGES / "gold.json").read_text("utf-8"))
TITLE = "Quay of Tellin to close in May"
BODY = [
    "The harbour board of Tellin voted on Tuesday to close the old north quay, where engineers had found cracks.",
    "Mayor Ada Quill expects the work at the quay to cost 3.5 million crowns and to last until the winter after next.",
    "Fishing boats move to the south quay on Monday, where they will share a single crane with the mail boat.",
    "The last time that the quay was closed was in 1988, when a coaster had torn away two of its oak piles in fog.",
]
TEASERS = "".join(f"<li><a href='/{n}'>Story number {n} about the weather in the hills</a></li>" for n in range(40))


def items(markup, name=""):
    data = markup if isinstance(markup, bytes) else markup.encode()
    return list(read_page(io.BytesIO(data), name))


def article(markup):
    return next(item for item in items(markup) if isinstance(item, RawArticle))


def lines(markup):
    return [line for line in clean(article(markup).text).splitlines() if line.strip()]


def page(inside, head="", lang="en"):
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{TITLE}</title>{head}</head><body>'
        f"<article><h1>{TITLE}</h1>{inside}</article></body></html>"
    )


def paragraphs(texts=BODY):
    return "".join(f"<p>{text}</p>" for text in texts)


def person(name):
    return {"@type": "Person", "name": name}


def shown_day(text):
    return f"<p class='date'>{text}</p>"


SITE = '<meta property="og:site_name" content="Tellin Post">'


def linked(**fields):
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@pytest.mark.parametrize("name", GOLD)
def test_a_page_in_the_style_of_a_usual_system_is_read_right(name):
    wanted = GOLD[name]
    found = article((PAGES / "src" / name).read_bytes())
    assert found.title == wanted["title"]
    assert found.published == (date.fromisoformat(wanted["date"]) if "date" in wanted else None)
    authors = wanted.get("authors") or []
    named = ", ".join([authors] if isinstance(authors, str) else authors)
    assert (found.byline or "").casefold() == named.casefold()
    if "outlet" in wanted:
        assert found.outlet == wanted["outlet"]
    text = " ".join(clean(found.text).split())
    assert all(" ".join(line.split()) in text for line in wanted["text"].splitlines())
    assert not [segment for segment in wanted["without"] if segment in text]


@pytest.mark.parametrize("tag", ["nav", "header", "aside", "form", "figure"])
def test_an_element_that_is_not_closed_swallows_no_article(tag):
    shown = f"<body><{tag}><a href='/'>Tellin Post</a><div><h1>{TITLE}</h1>{paragraphs()}</div></body>"
    assert lines(f"<html><head><title>{TITLE}</title></head>{shown}</html>") == BODY


def test_an_article_for_readers_without_scripts_is_read_and_a_note_for_them_is_not():
    shown = f"<div><h2>{TITLE}</h2><noscript>{paragraphs()}</noscript></div><p class='side'>Daily since 1899.</p>"
    assert lines(f"<html><head><title>{TITLE}</title></head><body>{shown}</body></html>")[:4] == BODY
    note = "<noscript><p>Please turn on scripts in your browser, else you cannot write a comment here.</p></noscript>"
    assert lines(page(paragraphs() + note)) == BODY


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE !important",
        "visibility:hidden",
        "opacity:0",
        "font-size:0",
        "font-size: 0.5px",
        "position:absolute; left:-9999px",
        "position: fixed; top: -200em",
        "text-indent:-9999px",
        "width:1px;height:0;overflow:hidden",
        "color:#fff;background:#fff",
        "color: white; background-color: rgb(255, 255, 255)",
        "color:rgba(0,0,0,0)",
        "color:#fdfdfd",
        "clip:rect(0,0,0,0)",
        "clip-path: inset(50%)",
        "transform:scale(0)",
    ],
)
def test_what_a_style_hides_is_no_text(style):
    hidden = "The harbour master of Tellin was arrested for selling the quay to his cousin, police said on Monday."
    assert lines(page(paragraphs(BODY[:2]) + f'<p style="{style}">{hidden}</p>' + paragraphs(BODY[2:]))) == BODY
    inside = f'<div style="{style}"><div><p>{hidden}</p></div></div>'
    assert lines(page(paragraphs(BODY[:2]) + inside + paragraphs(BODY[2:]))) == BODY


@pytest.mark.parametrize(
    "rule", [".x{display:none}", "p.x , .y { visibility: hidden }", "#x{position:absolute;left:-999em}"]
)
def test_what_a_rule_in_the_page_hides_is_no_text(rule):
    hidden = (
        '<p class="x" id="x">The harbour master of Tellin was arrested for selling the quay, police said on Monday.</p>'
    )
    assert lines(page(hidden + paragraphs(), head=f"<style>@media print{{.z{{color:red}}}} {rule}</style>")) == BODY


@pytest.mark.parametrize(
    "style", ["color:#fff;background:#000", "opacity:0.9", "font-size:10px", "left:-9999px", "height:0", "color:red"]
)
def test_what_a_style_shows_is_text(style):
    assert lines(page(f'<div style="{style}">{paragraphs()}</div>')) == BODY


@pytest.mark.parametrize(
    "rule",
    [
        ".x{opacity:0;transition:opacity 1s}",
        ".x{display:none} .open .x{display:block}",
        "@media print{.x{display:none}}",
    ],
)
def test_what_is_hidden_for_a_moment_or_on_paper_is_text(rule):
    shown = f'<p class="x">{BODY[0]}</p>' + paragraphs(BODY[1:])
    assert lines(page(shown, head=f"<style>{rule}</style>")) == BODY


def test_an_article_that_a_script_shows_is_read_and_reported():
    problem, found = items(page(f'<div style="opacity:0">{paragraphs()}</div>'))
    assert isinstance(problem, Problem)
    assert "until a script shows it" in problem.reason
    assert found.text.count("\n\n") == 3


def test_data_that_the_page_does_not_show_is_no_text_and_data_that_goes_on_is():
    other = "The market burned down on Sunday and fourteen traders died, the fire chief said. " * 9
    assert lines(page(paragraphs(BODY[:2]), head=linked(headline=TITLE, articleBody=other))) == BODY[:2]
    whole = "".join(f"<p>{text}</p>" for text in BODY)
    shown = f"<p>{BODY[0]}</p><div>Subscribe to read on</div>"
    assert lines(page(shown, head=linked(headline=TITLE, articleBody=whole))) == BODY


@pytest.mark.parametrize("name", ["paywall", "comments-open", "has-sidebar", "overlay", "subscriber-only", "nav-open"])
def test_a_name_of_the_article_as_of_something_else_costs_no_line(name):
    assert (
        lines(page(paragraphs()).replace("<article>", f'<div class="{name}">').replace("</article>", "</div>")) == BODY
    )
    assert lines(page("".join(f'<p class="{name}">{text}</p>' for text in BODY))) == BODY


def test_one_bad_byte_costs_no_article():
    good = page(paragraphs([*BODY, "It was “a sad day” at the café, the skipper Ann Lee said before she cast off."]))
    assert "café" in lines(good.encode().replace("é".encode(), b"\xe9"))[-1]
    problem, found = items(good.encode().replace("é".encode(), b"\xf0\x9f\x90"))
    assert "1 of its bytes" in problem.reason
    assert "a sad day" in found.text


def test_an_encoding_is_read_as_browsers_read_it():
    data = page(paragraphs([*BODY, "“A sad day” – so said the skipper, who had paid 5 € for his coffee."])).encode(
        "cp1252"
    )
    assert "“A sad day” – so" in lines(data.replace(b"utf-8", b"iso-8859-1"))[-1]


def test_little_text_among_much_else_is_reported():
    shown = f"<div><h1>{TITLE}</h1><p>The quay of Tellin will close.</p></div><ul>{TEASERS}</ul>"
    found = items(f"<html><head><title>{TITLE}</title></head><body>{shown}</body></html>")
    assert isinstance(found[0], Problem)
    assert "mostly links" in found[0].reason


def test_text_that_has_nothing_of_the_title_gives_way_to_text_that_has():
    wall = (
        "We and our 812 partners store information on your device and read it, to show you what you may want to buy. "
    )
    shown = f"<div class='wall'><article><p>{wall * 3}</p><p>{wall * 2}</p></article></div><div>{paragraphs()}</div>"
    head = f'<meta property="og:title" content="{TITLE}">'
    assert set(BODY) <= set(lines(f"<html><head>{head}</head><body>{shown}</body></html>"))


@pytest.mark.parametrize(
    ("head", "shown", "day"),
    [
        ('<meta property="article:modified_time" content="2025-01-07T09:00:00Z">', "", None),
        ('<meta property="og:updated_time" content="2025-01-07">', "", None),
        (linked(headline=TITLE, dateModified="2025-01-07"), "", None),
        (linked(headline=TITLE, datePublished="1970-01-01"), "", None),
        ("", "<p>Stand: 07.01.2025, 10:20 Uhr</p>", None),
        ("", "<p>Last updated on 7 January 2025</p>", None),
        ("", "<p class='dates'>Updated 9 January 2025 | Published 7 January 2025</p>", date(2025, 1, 7)),
        ("", "<p>Veröffentlicht am 7. Januar 2025, aktualisiert am 9. Januar 2025</p>", date(2025, 1, 7)),
        ("", "<p class='date'>07.01.25, 18:04</p>", date(2025, 1, 7)),
        ("", "<p><span class='posted'>mardi 7 janvier 2025</span></p>", date(2025, 1, 7)),
        ("", "<p>Martes, 7 de enero de 2025 · 10:20</p>", date(2025, 1, 7)),
        ('<link rel="canonical" href="https://a.example/2028064/quay">', "", None),
        ('<link rel="canonical" href="https://a.example/quay-19990412345">', "", None),
        ('<link rel="canonical" href="https://a.example/2025/jan/07/quay">', "", date(2025, 1, 7)),
        ('<link rel="canonical" href="https://a.example/2025/news/01/07/quay">', "", date(2025, 1, 7)),
        (linked(headline=TITLE, datePublished="2025-01-07T23:30:00-08:00"), "", date(2025, 1, 7)),
        (linked(headline=TITLE, datePublished="2025-01-08T05:30:00Z"), shown_day("7 January 2025"), date(2025, 1, 7)),
        (linked(headline=TITLE, datePublished="2025-01-08T12:00:00Z"), shown_day("6 January 2025"), date(2025, 1, 8)),
    ],
)  # fmt: skip
def test_the_day_is_that_of_publication_as_the_page_gives_it(head, shown, day):
    around = "<aside><span class='date'>2022-08-09</span></aside><footer>© 2019, since 3 May 1988</footer>"
    assert article(page(shown + paragraphs(), head=head).replace("</body>", f"{around}</body>")).published == day


@pytest.mark.parametrize(
    ("head", "shown", "byline"),
    [
        (linked(headline=TITLE, author={"@type": "Organization", "name": "Tellin Post"}), "", None),
        (linked(headline=TITLE, author=[person("Ann Lee"), person("Bo Roe")]), "", "Ann Lee, Bo Roe"),
        (linked(headline=TITLE, author="Ann Lee and Bo Roe"), "", "Ann Lee, Bo Roe"),
        ('<meta name="author" content="Tellin Post"><meta property="og:site_name" content="Tellin Post">', "", None),
        ('<meta name="author" content="Redaktion">', "<p>Von Anna Holm</p>", "Anna Holm"),
        ('<meta name="twitter:creator" content="@TellinPost">', "", None),
        ('<meta property="article:author" content="https://social.example/ann">', "", None),
        ("", '<a rel="author" href="/ann">Ann Lee</a>', "Ann Lee"),
        ("", '<span class="author">von Anna Holm, Tellin</span>', "Anna Holm"),
        ("", '<p class="byline">By ANN LEE | Staff Writer</p>', "ANN LEE"),
        ("", "<p>Von Anna Holm und Nils Berg, Tellin</p>", "Anna Holm, Nils Berg"),
        ("", "<p>Par Élodie Roux</p>", "Élodie Roux"),
        ("", "<p>By Tuesday evening</p>", None),
        ("", '<p class="byline">dpa</p>', None),
    ],
)  # fmt: skip
def test_a_byline_is_people(head, shown, byline):
    comment = '<section class="comments"><span class="author">Klara Weiß</span><p>I liked the quay.</p></section>'
    assert article(page(shown + paragraphs(), head=head).replace("</body>", f"{comment}</body>")).byline == byline


@pytest.mark.parametrize(
    "head",
    [
        f'<meta property="og:title" content="{TITLE} | Local | Tellin Post">' + SITE,
        f'<meta property="og:title" content="Tellin Post: {TITLE}">' + SITE,
        f'<meta property="og:title" content="{TITLE} - tellinpost.example">',
        linked(headline="Quay of Tellin to cl…"),
        '<meta property="og:title" content="Tellin Post">' + SITE,
    ],
)  # fmt: skip
def test_a_title_has_no_site_and_no_section(head):
    assert article(page(paragraphs(), head=head)).title == TITLE


def test_an_outlet_is_a_name_and_no_handle():
    head = '<meta name="twitter:site" content="@tellinpost"><meta name="application-name" content="TellinPost">'
    found = article(page(paragraphs(), head=head).replace("</title>", " | Tellin Post</title>"))
    assert found.outlet == "Tellin Post"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Von Anna Holm und Nils Berg, Tarnstadt", ["Anna Holm", "Nils Berg"]),
        ("Ein Kommentar von Ursula von der Lann", ["Ursula von der Lann"]),
        ("Von unserem Redakteur Max Frey", ["Max Frey"]),
        ("BY ANNA HOLM | Staff Writer", ["ANNA HOLM"]),
        ("By Griffin Roe @griffinroe on June 26, 2014", ["Griffin Roe"]),
        ("Anna Holm, Reuters", ["Anna Holm"]),
        ("Andrea Stone Senior Harbour Correspondent", ["Andrea Stone"]),
        ("Holm, Ada", ["Ada Holm"]),
        ("Par Élodie Roux et Jean-Luc d'Aubry", ["Élodie Roux", "Jean-Luc d'Aubry"]),
        ("Por José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Sid Lowe and Joe Bloggs", ["Sid Lowe", "Joe Bloggs"]),
        ("Ada Holm is a reporter for the Post", ["Ada Holm"]),
        ("山田太郎", ["山田太郎"]),
        ("dpa", []),
        ("Redaktion", []),
        ("TarnPost", []),
        ("@tarnpost", []),
        ("https://tarn.example/ann", []),
        ("ann@tarn.example", []),
        ("Tarn Post Staff", []),
        ("Tarn Post", []),
        ("", []),
    ],
)
def test_names_of_people_are_found_in_bylines(written, names):
    assert find_people(written, outlets=["The Tarn Post"]) == names


@given(st.text(max_size=400))
def test_nothing_breaks_the_reading_of_names_and_days(text):
    assert all(name in " ".join(text.split()) or "," in text for name in find_people(text, single=True))
    assert all(text[one.start : one.end] for one in find_written_dates(text))


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "iso-8859-1", "shift_jis", "gb2312", "no-such"]))
def test_any_bytes_in_a_page_give_an_article_or_an_error(data, encoding):
    shown = page(paragraphs()).encode().replace(b"utf-8", encoding.encode()).replace(b"</h1>", b"</h1><p>" + data)
    with contextlib.suppress(SourceError):
        assert any(isinstance(item, RawArticle) for item in items(shown))
