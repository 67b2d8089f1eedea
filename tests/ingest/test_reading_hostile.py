"""Bad files, and files made to do harm: each is told in one line, and none stops the rest."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsqa.errors import SourceError
from newsqa.ingest.clean import clean
from newsqa.ingest.files import FileFound, Problem, RawArticle, Skipped
from newsqa.ingest.readers.documents import join_broken_words
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan
from thoroughness import examples

BODY = "The harbour board of Tellin voted on Tuesday to close the old north quay."


def read(source):
    items = []
    for found in scan(str(source)):
        items += read_file(found) if isinstance(found, FileFound) else [found]
    return items


def written(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def reason(source):
    (problem,) = read(source)
    assert isinstance(problem, Problem), problem
    assert "\n" not in problem.reason
    return problem.reason


def test_a_folder_is_walked_in_order_and_hidden_or_unknown_files_are_passed_over(tmp_path):
    for name in ("b.txt", "a/z.txt", "a.md", ".hidden.txt", ".git/x.txt", "picture.jpg", "a/README"):
        written(tmp_path, name, BODY)
    scanned = list(scan(str(tmp_path)))
    found = [one for one in scanned if isinstance(one, FileFound)]
    passed = [one.kind for one in scanned if isinstance(one, Skipped)]
    assert passed == ["hidden folder", "hidden file", "file without a suffix", ".jpg"]
    assert [one.path for one in found] == ["a/z.txt", "a.md", "b.txt"]
    assert [one.name for one in found] == [f"{tmp_path}/{one.path}" for one in found]
    assert found[2].size == len(BODY)
    assert found[2].mtime_ns == (tmp_path / "b.txt").stat().st_mtime_ns


def test_a_source_may_be_named_with_a_slash_or_through_a_link(tmp_path):
    written(tmp_path, "news/a.txt", BODY)
    (tmp_path / "link").symlink_to(tmp_path / "news")
    assert [one.name for one in scan(f"{tmp_path}/news/")] == [f"{tmp_path}/news/a.txt"]
    assert [clean(item.text) for item in read(tmp_path / "link")] == [BODY]


def test_a_single_file_may_be_named_through_a_link(tmp_path):
    written(tmp_path, "a.txt", BODY)
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert [item.text for item in read(tmp_path / "b.txt")] == [BODY]


def test_links_are_never_followed_and_those_that_lead_out_are_told(tmp_path):
    written(tmp_path, "secret.txt", "secret")
    written(tmp_path, "news/a.txt", BODY)
    links = {"out.txt": "../secret.txt", "etc": "/etc", "loop": ".", "again.txt": "a.txt", "gone.txt": "nowhere.txt"}
    for name, target in links.items():
        (tmp_path / "news" / name).symlink_to(target)
    items = read(tmp_path / "news")
    assert [item.text for item in items if isinstance(item, RawArticle)] == [BODY]
    told = {item.name.rpartition("/")[2]: item.reason for item in items if isinstance(item, Problem)}
    assert told.keys() == {"out.txt", "etc", "gone.txt"}
    assert "leads out of the source" in told["out.txt"]


def test_pipes_and_sockets_are_told_and_not_waited_on(tmp_path):
    written(tmp_path, "a.txt", BODY)
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "s.txt"))
        items = read(tmp_path)
    assert [type(item) for item in items] == [RawArticle, Problem, Problem]


def test_what_became_a_pipe_or_a_link_after_it_was_found_is_not_read(tmp_path):
    (found,) = scan(str(written(tmp_path, "a.txt", BODY)))
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    assert [type(item) for item in read_file(found)] == [Problem]
    (tmp_path / "a.txt").unlink()
    (tmp_path / "a.txt").symlink_to("/etc/passwd")
    assert [type(item) for item in read_file(found)] == [Problem]


@pytest.mark.parametrize("location", ["nowhere", "picture.jpg", "pipe", "a\0b"])
def test_a_source_that_cannot_be_used_says_why(tmp_path, monkeypatch, location):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "picture.jpg", b"x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError) as caught:
        scan(location)
    assert caught.value.hint


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS takes no such file names")
def test_a_file_name_that_is_no_utf8_can_be_stored(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(BODY)
    (found,) = scan(str(tmp_path))
    assert found.path == "caf\\xe9.txt"
    assert [item.text for item in read_file(found)] == [BODY]


UNREADABLE = """
import os, sys
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan

(found,) = scan(sys.argv[1])
list(read_file(found))  # all that reading imports is imported while every file can be read
os.chmod(sys.argv[2], 0)
if os.geteuid() == 0:  # nothing is unreadable to root
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
for found in scan(sys.argv[1]):
    for problem in read_file(found):
        print(type(problem).__name__, problem.reason)
"""


def test_a_file_that_may_not_be_read_is_told():
    with tempfile.TemporaryDirectory() as name:  # the folder of a test is closed to other users
        folder = Path(name)
        folder.chmod(0o755)
        file = written(folder, "a.txt", BODY)
        done = subprocess.run(
            [sys.executable, "-c", UNREADABLE, folder, file], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert line.startswith("Problem ")
    assert "permission" in line


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfIt rained caf\xc3\xa9.", "It rained café."),
        ("It rained café.".encode("utf-16"), "It rained café."),
        (b"It rained caf\xe9 \x96 \x93well\x94.", "It rained café – “well”."),
    ],
    ids=["utf-8 with mark", "utf-16", "windows-1252"],
)
def test_encodings_are_known_by_rule(tmp_path, data, text):
    assert [item.text for item in read(written(tmp_path, "a.txt", data))] == [text]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"", "no text"),
        ("a.txt", b" \n \n", "no text"),
        ("a.txt", "It was a café, a café.".encode()[:-1] + b"\xe9", "damaged at byte"),
        ("a.txt", b"It rained\x00 in Tellin.", "NUL"),
        ("a.txt", bytes(range(1, 9)) * 50, "control characters"),
        ("a.txt", b"\x81\x8d\x8f" * 9, "no known encoding"),
        ("a.txt.gz", b"not packed", "gz"),
        ("a.txt.gz", gzip.compress(BODY.encode(), mtime=0)[:-12], "gz"),
        ("a.json", b'{"text": "x"', "no valid JSON"),
        ("a.json", b"[" * 100_000, "deep"),
        ("a.json", b'{"text": "It rained.", "n": ' + b"9" * 5_000 + b"}", "number too long"),
        ("a.json", b'{"text": "It rained \\u0000 today."}', "NUL"),
        ("a.json", b'{"text": "It rained \\ud800 today."}', "broken Unicode"),
        ("a.json", b'{"title": "No text"}', "no text"),
        ("a.json", b"12", "no text"),
        ("a.xml", b"<html><p>no feed</p></html>", "neither RSS nor Atom"),
        ("a.xml", b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss>&b;</rss>', "entities"),
        ("a.pdf", b"%PDF-1.4 nonsense", "no PDF"),
        ("a.docx", b"PK nonsense", "no Word file"),
        ("a.html", b"", "no HTML page"),
        ("a.html", b"<html><script>x</script></html>", "no text"),
    ],
)
def test_a_bad_file_is_told_and_why(tmp_path, name, data, why):
    assert why in reason(written(tmp_path, name, data))


def test_numbers_that_are_none_and_unstorable_titles_leave_the_article_whole(tmp_path):
    data = '{"text": "It rained.", "published": NaN, "title": "\\ud800", "outlet": Infinity, "author": "\\u0000"}'
    (article,) = read(written(tmp_path, "a.json", data))
    assert (article.text, article.title, article.outlet, article.published) == ("It rained.", None, None, None)


def test_unpacking_stops_at_the_cap(tmp_path, monkeypatch):
    monkeypatch.setattr("newsqa.ingest.files.MAX_FILE", 1_000_000)
    bomb = written(tmp_path, "bomb.txt.gz", gzip.compress(b"a" * 50_000_000))
    assert bomb.stat().st_size < 100_000
    assert "more than" in reason(bomb)


def test_lines_have_a_cap_and_files_of_lines_have_none(tmp_path, monkeypatch):
    monkeypatch.setattr("newsqa.ingest.readers.feeds.MAX_LINE", 1_000)
    monkeypatch.setattr("newsqa.ingest.files.MAX_FILE", 1_000)
    rows = [{"text": "It rained."}, {"text": "a" * 5_000}, *({"text": f"It snowed {n}."} for n in range(200))]
    items = read(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows))))
    assert [item.name.rpartition("/")[2] for item in items if isinstance(item, Problem)] == ["a.jsonl#2"]
    assert [item.place for item in items if isinstance(item, RawArticle)][:2] == ["#1", "#3"]
    assert len(items) == 202


def test_front_matter_that_swells_is_no_harm(tmp_path):
    matter = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    (article,) = read(written(tmp_path, "a.md", f"---\n{matter}author: *j\n---\n{BODY}"))
    assert article.text == BODY


NONSENSE = {
    "tags": b"<div>" * 20_000,
    "open tags": b'<p a="' * 16_000,
    "brackets": b"<" * 100_000,
    "entities": b"&amp;" * 20_000,
    "lists": b"<ul><li>" * 12_000,
    "tables": b"<table><tr><td>a" * 6_000,
    "dashes": b"---\n" * 25_000,
    "letters": b"a" * 100_000,
    "broken words": b"ab-\n" * 25_000,
    "bylines": b"By A " * 20_000,
    "bars": b"| " * 50_000,
    "blanks": b" " * 100_000 + b"x",
    "gap": b"x" + b" " * 100_000 + b"x",
    "teasers": b"Related: x\n" * 9_000,
    "objects": b'{"a":' * 20_000,
}


SUFFIXES = "txt md html json jsonl xml pdf docx csv tsv eml mbox mhtml webarchive rtf odt epub warc zip wacz"


@pytest.mark.parametrize("suffix", SUFFIXES.split())
@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE.keys())
def test_a_lot_of_nonsense_holds_nothing_up(tmp_path, suffix, data):
    for item in read(written(tmp_path, f"a.{suffix}", data)):
        assert not isinstance(item, RawArticle) or set(clean(item.text).splitlines()) <= set(item.text.splitlines())


def test_words_without_end_are_mended_in_time():
    for text in ("a" * 100_000, "a-" * 50_000, "ab-\n" * 25_000):
        assert set(join_broken_words(text)) <= set(text)


NAMES = ["text", "title", "url", "date", "author", "source", "content", "articles", "metadata", "rendered", "name"]
LINKED_NAMES = ["@type", "@id", "@graph", "headline", "author", "publisher", "datePublished", "articleBody", "name"]


def json_values(names):
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    leaves |= st.sampled_from(
        ["NewsArticle", "https://a.example/2024/05/12", "http://[", "<p>x</p>", "\ud800", "2024-05-12"]
    )
    keys = st.sampled_from(names)
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=12)


def read_here(name, data):
    with tempfile.TemporaryDirectory() as folder:
        return read(written(Path(folder), name, data))


@given(json_values(NAMES))
def test_any_json_gives_articles_that_can_be_stored_or_problems(value):
    for item in read_here("a.json", json.dumps(value)):
        if isinstance(item, RawArticle):
            fields = [item.text, item.title, item.outlet, item.byline, item.url]
            assert all(field.encode() and "\0" not in field for field in fields if field is not None)


@given(json_values(LINKED_NAMES))
@settings(max_examples=examples(50))
def test_any_data_in_a_page_gives_its_article_or_a_problem(value):
    script = json.dumps(value).replace("</", "<\\/")
    page = f'<html><head><script type="application/ld+json">{script}</script></head><body><p>{BODY}</p></body></html>'
    (item,) = read_here("a.html", page)
    assert isinstance(item, RawArticle)
    assert item.text.encode()


@given(st.text(max_size=200), st.sampled_from(SUFFIXES.split()))
@settings(max_examples=examples(150))
def test_any_text_under_any_name_gives_articles_or_problems(text, suffix):
    for item in read_here(f"a.{suffix}", text.encode("utf-8", "surrogatepass")):
        assert not isinstance(item, RawArticle) or item.text.encode()
