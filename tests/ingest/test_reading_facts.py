"""What is known about an article stands somewhere in it; what does not stays unknown."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.ingest.files import RawArticle
from newsqa.ingest.language import detect_language
from newsqa.ingest.opening import find_date, parse_date, read_opening
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan
from places import DATA

OPENINGS = json.loads((DATA / "openings.json").read_text("utf-8"))
DATES = json.loads((DATA / "dates.json").read_text("utf-8"))
BODY = "The harbour board of Tellin voted on Tuesday to close the old north quay, where engineers had found cracks."


@pytest.mark.parametrize("case", OPENINGS, ids=[case["about"] for case in OPENINGS])
def test_first_lines_say_what_the_article_is(case):
    opening = read_opening(case["text"].replace("BODY", BODY))
    assert opening.text.lstrip("\n") == case["left"].replace("BODY", BODY)
    found = (opening.title, opening.byline, opening.outlet, opening.published and opening.published.isoformat())
    assert found == tuple(case.get(name) for name in ("title", "byline", "outlet", "published"))


def test_a_known_title_is_taken_out_where_it_is_repeated_and_nothing_else_is():
    assert read_opening(f"QUAY  to close\n\n{BODY}", "Quay to close").text == f"\n{BODY}"
    assert read_opening(f"Another line\n\n{BODY}", "Quay to close").text == f"Another line\n\n{BODY}"


@given(st.text(), st.none() | st.text(min_size=1))
def test_first_lines_taken_out_leave_the_rest_unchanged(text, title):
    left = read_opening(text, title).text
    rest = iter(text.splitlines(keepends=True))
    assert all(line in rest for line in left.splitlines(keepends=True))
    assert bool(left.strip()) == bool(text.strip())


@pytest.mark.parametrize(("written", "expected"), DATES, ids=[repr(case[0])[:30] for case in DATES])
def test_dates_are_read_as_written_or_not_at_all(written, expected):
    found = parse_date(written)
    assert (found.isoformat() if found else None) == expected


@given(st.text(max_size=100) | st.floats() | st.integers())
def test_nothing_breaks_the_reading_of_dates(value):
    found = parse_date(value)
    assert found is None or 1600 <= found.year <= 2200


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://tellin.example/news/2024/05/12/quay", date(2024, 5, 12)),
        ("https://tellin.example/2024/may/12/quay", date(2024, 5, 12)),
        ("2024-05-12-quay.txt", date(2024, 5, 12)),
        ("quay_20240512.html", date(2024, 5, 12)),
        ("https://tellin.example/2024/05/quay", None),
        ("https://tellin.example/story/120240512999", None),
        ("from-2024-05-12-to-2024-05-14.txt", None),
    ],
)
def test_an_address_or_a_file_name_may_say_the_date(address, expected):
    assert find_date(address) == expected


def read(folder, name, content):
    (folder / name).write_text(content, "utf-8")
    return [item for found in scan(str(folder / name)) for item in read_file(found)]


def test_an_address_says_date_and_outlet_only_where_nothing_else_does(tmp_path):
    fields = {"text": BODY, "url": "https://www.tellin.example/2024/05/12/quay"}
    (article,) = read(tmp_path, "a.json", json.dumps(fields))
    assert (article.outlet, article.published) == ("tellin.example", date(2024, 5, 12))
    (article,) = read(tmp_path, "a.json", json.dumps(fields | {"source": "Tellin Post", "date": "2024-05-13"}))
    assert (article.outlet, article.published) == ("Tellin Post", date(2024, 5, 13))


def test_the_file_name_says_the_date_of_its_one_article(tmp_path):
    (article,) = read(tmp_path, "2024-05-12-quay.txt", BODY)
    assert article.published == date(2024, 5, 12)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "ftp://tellin.example/x", "http://", "https://a b.c/", 12, None],
)
def test_an_address_that_is_not_of_the_web_is_unknown(tmp_path, address):
    (article,) = read(tmp_path, "a.json", json.dumps({"text": BODY, "url": address}))
    assert article.url is None


@pytest.mark.parametrize(
    "author", ["admin", "https://tellin.example/jon", "jon@tellin.example", "None", {"x": 1}, [], 7]
)
def test_what_is_no_name_is_no_byline(tmp_path, author):
    (article,) = read(tmp_path, "a.json", json.dumps({"text": BODY, "author": author}))
    assert isinstance(article, RawArticle)
    assert article.byline is None


def test_languages_are_told_apart_and_short_texts_are_not_guessed():
    assert detect_language(BODY) == "en"
    assert (
        detect_language(
            "Der Hafenrat von Tellin hat am Dienstag beschlossen, den alten Kai zu schließen, weil er Risse hat."
        )
        == "de"
    )
    assert (
        detect_language(
            "Le conseil du port a décidé mardi de fermer le vieux quai, où des fissures ont été trouvées hier."
        )
        == "fr"
    )
    assert detect_language("Tellin!") is None
    assert detect_language("1 2 3 4 5 " * 50) is None
