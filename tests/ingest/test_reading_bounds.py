"""What a file can do ends with the process that reads it: each is reported in a line, and the rest goes in."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from pathlib import Path

import pytest
from word_embedder import WordEmbedder

from newsqa.ingest.files import FileFound, Problem, RawArticle
from newsqa.ingest.indexer import index_source
from newsqa.ingest.reading import ReadingProcess
from newsqa.ingest.scan import scan
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index

FERRY = "The ferry Tern left Port Ossel at dawn with ninety passengers. It came back at dusk, the harbour office said."


def pdf(contents, pages):
    """A PDF of so many pages, which show the given content streams in turn."""
    packed = [zlib.compress(content, 9) for content in contents]
    first = 4 + len(packed)
    kids = b" ".join(b"%d 0 R" % (first + n) for n in range(pages))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages), font]
    objects += [b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data) for data in packed]
    page = b"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
    objects += [page % (4 + n % len(packed)) for n in range(pages)]
    out, offsets = b"%PDF-1.4\n", []
    for n, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end


WORDS = b"BT /F1 12 Tf " + b"(It rained in Tellin) Tj " * 50_000 + b" ET"
HOSTILE = {
    "a page of the same words 2,000 times.pdf": (pdf([WORDS], 2_000), "longer than 2 million characters"),
    "objects without end.json": (b"[" + b'{"t":1},' * 3_000_000 + b"{}]", "of memory"),
    "a field of 50 MB.csv": (b'title,text\na,"' + b"b" * 50_000_000 + b'"\n', "longer than 16 MB"),
    "a line of 30 MB.jsonl": (b'{"text": "' + b"b" * 30_000_000 + b'"}\n', "longer than 16 MB"),
    "text without end.txt": (b"It rained. " * 300_000, "longer than 2 million characters"),
    "nested.json": (b"[" * 2_000_000, "nested too deep"),
}


def read(reader, path):
    (found,) = scan(str(path))
    return list(reader.read(found))


@pytest.fixture(scope="module")
def reader():
    with ReadingProcess() as process:
        yield process


@pytest.mark.parametrize("name", HOSTILE)
def test_what_takes_too_much_is_reported_in_a_line_and_the_next_file_is_read(tmp_path, reader, name):
    data, why = HOSTILE[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "b.txt").write_text(FERRY)
    before = os.times()
    (problem,) = read(reader, tmp_path / name)
    assert isinstance(problem, Problem)
    assert why in problem.reason
    assert "\n" not in problem.reason
    assert [item.text for item in read(reader, tmp_path / "b.txt")] == [FERRY]
    after = os.times()
    assert after.user + after.children_user - before.user - before.children_user < 12


def test_what_takes_too_long_is_ended(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf([WORDS], 1))
    (tmp_path / "b.txt").write_text(FERRY)
    with ReadingProcess(seconds=0.4) as process:
        (problem,) = read(process, tmp_path / "a.pdf")
        assert problem.reason == "reading it takes more than 0.4 s of processor time"
        assert [item.text for item in read(process, tmp_path / "b.txt")] == [FERRY]


def test_a_process_that_dies_is_replaced(tmp_path, reader):
    (tmp_path / "a.jsonl").write_text('{"text": "It rained."}\n' * 20_000)
    (found,) = scan(str(tmp_path / "a.jsonl"))
    items = reader.read(found)
    assert isinstance(next(items), RawArticle)
    reader._child.process.kill()
    assert [item.name for item in items if isinstance(item, Problem)] == [str(tmp_path / "a.jsonl")]
    assert len(read(reader, tmp_path / "a.jsonl")) == 20_000


def test_the_process_gets_no_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    (tmp_path / "a.txt").write_text(FERRY)
    with ReadingProcess() as process:
        read(process, tmp_path / "a.txt")
        assert b"sk-secret" not in Path(f"/proc/{process._child.process.pid}/environ").read_bytes()


def swap(folder, outside):
    """Put a link in the place of a folder, as somebody may do while it is read."""
    folder.rename(outside.with_name(f"away {folder.name}"))
    folder.symlink_to(outside)


def test_a_folder_that_is_swapped_for_a_link_gives_nothing_from_outside(tmp_path, reader):
    (tmp_path / "outside").mkdir()
    for n in range(3):
        (tmp_path / "outside" / f"{n}.txt").write_text("From outside.")
        (tmp_path / "news" / "d" / str(n)).mkdir(parents=True)
        (tmp_path / "news" / "d" / str(n) / "0.txt").write_text(FERRY)
    found = list(scan(str(tmp_path / "news")))
    scanning = scan(str(tmp_path / "news"))
    assert next(scanning).path == "d/0/0.txt"
    swap(tmp_path / "news" / "d" / "1", tmp_path / "outside")
    late = list(scanning)
    assert [type(one) for one in late] == [Problem, FileFound]
    assert [type(item) for one in found for item in reader.read(one)] == [RawArticle, Problem, RawArticle]
    swap(tmp_path / "news" / "d", tmp_path / "outside")
    assert [type(item) for one in found for item in reader.read(one)] == [Problem] * 3
    assert [item.reason for item in scan(str(tmp_path / "news"))] == ["it is a link that leads out of the source"]


# What could not be read is never removed


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    return folder


def index(folder, **options):
    settings = Settings(index=folder.parent / "index")
    return index_source(settings, str(folder), embedder=WordEmbedder(), **options)


def stored(folder):
    with open_index(Settings(index=folder.parent / "index")) as opened, opened.snapshot() as snapshot:
        return sorted(article.text.strip() for article in snapshot.all_articles())


LINES = ["It rained in Tellin.", "It snowed in Ostby.", "It froze in Skarn."]


def write(path, texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))


def test_a_date_of_309_digits_loses_nothing(folder):
    write(folder / "a.jsonl", LINES)
    index(folder)
    rows = [json.dumps({"text": text}) for text in LINES]
    rows[1] = f'{{"text": "Bad date.", "published": {"9" * 309}}}'
    (folder / "a.jsonl").write_text("\n".join(rows))
    report = index(folder)
    assert report.removed == 0
    assert {LINES[0], LINES[2]} < set(stored(folder))


def test_the_article_of_a_line_that_is_refused_stays_and_those_that_are_gone_go(folder):
    write(folder / "a.jsonl", [*LINES, "It hailed in Marren."])
    index(folder)
    (folder / "a.jsonl").write_text(f'{{"text": "{LINES[0]}"}}\n{{broken\n')
    report = index(folder)
    assert len(report.problems) == 1
    assert stored(folder) == sorted(LINES[:2])


@pytest.mark.parametrize("data", [b"[" * 200_000, b"\x00", b'[{"text": "It rained in Tellin."}, {'])
def test_a_file_that_cannot_be_read_to_its_end_removes_nothing(folder, data):
    (folder / "a.json").write_text(json.dumps([{"text": text} for text in LINES]))
    index(folder)
    (folder / "a.json").write_bytes(data)
    for _ in range(2):  # the second run finds the file unchanged
        report = index(folder)
        assert (report.removed, report.read, len(report.problems)) == (0, 0, 1)
        assert stored(folder) == sorted(LINES)
    (folder / "a.json").write_text(json.dumps([{"text": LINES[0]}]))
    assert (index(folder).removed, stored(folder)) == (2, LINES[:1])


def test_a_file_that_is_cut_off_gives_what_it_holds(folder):
    data = gzip.compress("".join(json.dumps({"text": text * 50}) + "\n" for text in LINES).encode())
    (folder / "a.jsonl.gz").write_bytes(data[:-12])
    for _ in range(2):
        report = index(folder)
        assert ([problem.reason for problem in report.problems], report.read) == (["it is not a whole .gz file"], 1)
        assert [(one.kind, one.reason) for one in report.passed] == [("file", "read in part")]


def test_many_problems_of_a_file_are_counted_and_not_named(folder):
    (folder / "a.jsonl").write_text('{"text": "It rained in Tellin."}\n' + "{broken\n" * 5_000)
    report = index(folder)
    assert len(report.problems) == 101
    assert "4,900 more" in report.problems[-1].reason
    assert (report.read, report.added) == (1, 1)


# Changes that size and time do not show


def test_an_edit_of_the_same_size_and_time_is_read(folder):
    path = folder / "a.txt"
    path.write_text(LINES[0])
    os.utime(path, (1_000_000_000, 1_000_000_000))
    index(folder)
    path.write_text(LINES[0].replace("Tellin", "Marren"))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert index(folder).changed == 1
    assert stored(folder) == ["It rained in Marren."]


def test_check_reads_every_file_again(folder, monkeypatch):
    (folder / "a.txt").write_text(LINES[0])
    monkeypatch.setattr("newsqa.ingest.sync.FRESH_NS", -1)
    index(folder)
    looked = []
    read = ReadingProcess.read
    monkeypatch.setattr(ReadingProcess, "read", lambda self, found: looked.append(found.path) or read(self, found))
    report = index(folder)
    assert (looked, report.unchanged, report.read) == ([], 1, 1)
    report = index(folder, check=True)
    assert (looked, report.unchanged, report.changed, report.read) == (["a.txt"], 1, 0, 1)
