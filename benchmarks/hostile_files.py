"""Index files made to do harm, each in a folder with one good article, and measure time and memory.

    python benchmarks/hostile_files.py [NAME…] [--json FILE]

Each file is made, indexed by `newsqa index`, and removed. Printed are the seconds of the whole run, the peak of the
resident memory of that process and the one that reads together while it reads (afterwards the embedder needs as much as
it does for any article), what the run says of the file, and MISSED if the good article did not go in or a limit was
passed. The time that counts is that of the processor, which other programs do not change, above that of the good
article alone, the last row. Linux only.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

GOOD = "The harbour board of Tellin voted on Tuesday to close the old north quay, its clerk said.\n"
MAX_SECONDS = 10.0  # of the processor, more than the good article alone takes
MAX_MEMORY = 300  # MB
MB = 2**20

Make = Callable[[], bytes]


def zipped(*members: tuple[str, bytes | int]) -> bytes:
    """Return a ZIP; a member given as a number is so many MB of zeros."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            with archive.open(name, "w", force_zip64=True) as member:
                for part in [content] if isinstance(content, bytes) else [bytes(MB)] * content:
                    member.write(part)
    return data.getvalue()


def nested(depth: int) -> bytes:
    """Return a ZIP in a ZIP, so many deep."""
    data = GOOD.encode()
    for n in range(depth):
        data = zipped((f"{n}.zip" if n else "a.txt", data))
    return data


def page(body: str, head: str = "") -> bytes:
    """Return a web page."""
    return f"<html><head><title>Quay</title>{head}</head><body><article>{body}</article></body></html>".encode()


def pdf(pages: int) -> bytes:
    """Return a PDF whose pages share one stream of 50,000 operators."""
    stream = zlib.compress(b"BT /F1 9 Tf 1 0 0 1 9 9 Tm " + b"(abcdefghij) Tj " * 50_000 + b"ET")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, b" ".join(b"%d 0 R" % (n + 5) for n in range(pages))),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *[b"<</Type/Page/Parent 2 0 R/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"] * pages,
    ]
    data, places = bytearray(b"%PDF-1.4\n"), []
    for n, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (n, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(data))
    return bytes(data) + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + end


def mail(parts: int, *, deep: bool) -> bytes:
    """Return a mail of so many parts, beside or inside each other."""
    head = b"From: a@b.example\nSubject: Quay\nMIME-Version: 1.0\n"
    if deep:
        inner = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(parts))
        return head + inner + b"\n" + GOOD.encode()
    part = b"--b\nContent-Type: text/plain\n\n" + GOOD.encode()
    return head + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * parts + b"--b--\n"


def word(*, swollen: str) -> bytes:
    """Return a Word file with 1 GB of zeros in one of its parts."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relations = f'<Relationships><Relationship Id="a" Type="{kind}" Target="word/document.xml"/></Relationships>'
    return zipped(("_rels/.rels", relations.encode()), ("word/document.xml", b"<document/>"), (swollen, 1024))


def feed(items: int) -> bytes:
    """Return a feed of so many items."""
    rows = (f"<item><title>Quay {n}</title><link>https://a.example/{n}</link></item>" for n in range(items))
    return f"<rss><channel><title>Tellin Post</title>{''.join(rows)}</channel></rss>".encode()


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12))
WARC = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Type: application/http\r\n"

FILES: dict[str, tuple[str, Make]] = {
    "date of 400 digits": ("a.json", lambda: b'{"text":"%s","date":%s}' % (GOOD[:-1].encode(), b"9" * 400)),
    "number of 5 MB": ("a.json", lambda: b'{"text":"x","n":%s}' % (b"9" * 5 * MB)),
    "deep JSON": ("a.json", lambda: b'{"a":' * 500_000),
    "JSONL line of 50 MB": ("a.jsonl", lambda: b'{"text":"' + b"a " * 25 * MB + b'"}\n'),
    "400 kB of <p>": ("a.html", lambda: page("<p>a " * 80_000)),
    "4 MB of <p>": ("a.html", lambda: page("<p>a " * 800_000)),
    "10,000 tables deep": ("a.html", lambda: page("<table><tr><td>" * 10_000 + GOOD)),
    "attribute of 6 MB": ("a.html", lambda: page(f'<p class="{"comment " * 750_000}">{GOOD}</p>')),
    "attribute of 10 MB": ("a.html", lambda: page(f'<p class="{"a" * 10 * MB}">{GOOD}</p>')),
    "100,000 links": ("a.html", lambda: page('<li><a href="/a">Quay closed</a></li>' * 100_000)),
    "style of 4 MB": ("a.html", lambda: page(f"<p>{GOOD}</p>", f"<style>{'.a{color:red}' * 300_000}</style>")),
    "runs of spaces": ("a.html", lambda: page(f"<p>{GOOD}{' &nbsp;' * 500_000}x</p>")),
    "runs of digits": ("a.txt", lambda: GOOD.encode() * 2 + b"1/" * 400_000 + b"1" * 400_000),
    "runs of quotes": ("a.txt", lambda: GOOD.encode() * 2 + b"\"'" * 400_000 + b"." * 400_000),
    "brackets in Markdown": ("a.md", lambda: b"[![" * 400_000 + GOOD.encode()),
    "angle brackets in JSON": ("a.json", lambda: json.dumps({"text": GOOD + "<p " * 600_000 + "&#" * 9}).encode()),
    "billion laughs": ("a.xml", f"<!DOCTYPE rss [{LAUGHS}]><rss>&a11;</rss>".encode),
    "external entity": ("a.xml", lambda: b'<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss><channel/></rss>'),
    "feed of 100,000 items": ("a.xml", lambda: feed(100_000)),
    "XML 100,000 deep": ("a.xml", lambda: b"<rss>" + b"<a>" * 100_000),
    "mail of 1,000 parts": ("a.eml", lambda: mail(1_000, deep=False)),
    "mail of 100,000 parts": ("a.eml", lambda: mail(100_000, deep=False)),
    "mail 5,000 deep": ("a.eml", lambda: mail(5_000, deep=True)),
    "RTF of groups": ("a.rtf", lambda: rb"{\rtf1 " + b"{" * 20 * MB),
    "RTF of hidden groups": ("a.rtf", lambda: rb"{\rtf1 " + rb"{\b\i\b\i\b\i\b\i\b\i\b\i" * 100_000),
    "PDF of 2,000 pages": ("a.pdf", lambda: pdf(2_000)),
    "DOCX bomb": ("a.docx", lambda: word(swollen="word/styles.xml")),
    "DOCX bomb as a picture": ("a.docx", lambda: word(swollen="word/media/a.png")),
    "ODT bomb": ("a.odt", lambda: zipped(("content.xml", 1024))),
    "EPUB bomb": ("a.epub", lambda: zipped(("META-INF/container.xml", 1024))),
    "gzip bomb": ("a.txt.gz", lambda: gzip.compress(bytes(MB)) * 4096),
    "gzip bomb of lines": ("a.jsonl.gz", lambda: gzip.compress(b"\n" * MB) * 2048),
    "ZIP bomb": ("a.zip", lambda: zipped(("a.txt", 1024))),
    "ZIP in ZIP in ZIP": ("a.zip", lambda: nested(6)),
    "ZIP with paths that lead out": ("a.zip", lambda: zipped(("../../a.txt", GOOD.encode()), ("/b.txt", b"b"))),
    "CSV field of 100 MB": ("a.csv", lambda: b'title,text\nQuay,"' + b"a\n" * 50 * MB),
    "CSV of 1,000,000 columns": ("a.csv", lambda: b"text," * 1_000_000 + b"\n"),
    "WARC with a false length": ("a.warc", lambda: f"{WARC}Content-Length: {10**15}\r\n\r\n".encode() + b"a" * MB),
    "WARC record of 200 MB": (
        "a.warc",
        lambda: (
            f"{WARC}Content-Length: {200 * MB}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".encode()
            + b"a " * 100 * MB
        ),
    ),
}


@dataclass(frozen=True)
class Row:
    """What was measured of a file: seconds of the clock and of the processor, and MB.

    `good` says if the good article went in; `lines` are what the run says of the others.
    """

    name: str
    seconds: float
    processor: float
    memory: int
    good: bool
    lines: list[str]


def write(folder: Path, name: str) -> None:
    """Make a hostile file in a folder."""
    if name == "pipe, device and loop":
        os.mkfifo(folder / "pipe.txt")
        (folder / "zero.txt").symlink_to("/dev/zero")
        (folder / "loop").symlink_to(folder)
        (folder / "self.txt").symlink_to("self.txt")
    elif name in FILES:
        file, make = FILES[name]
        (folder / file).write_bytes(make())


def resident(pid: int, *, reading: bool = True) -> int:
    """Return the bytes of resident memory of a process and its children; 0 if it should be `reading` and has none."""
    try:
        size = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (OSError, IndexError):  # it has ended
        return 0
    below = sum(resident(child, reading=False) for child in children)
    return size + below if children or not reading else 0


def measure(name: str) -> Row:
    """Index a good article and a hostile file; return what was measured."""
    with TemporaryDirectory() as place:
        folder = Path(place, "news")
        folder.mkdir()
        (folder / "good.txt").write_text(GOOD)
        write(folder, name)
        peak, began, before = 0, time.monotonic(), os.times()
        run = subprocess.Popen(
            [sys.executable, "-m", "newsqa", "index", str(folder), "--index", f"{place}/index", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while run.poll() is None:
            peak = max(peak, resident(run.pid))
            time.sleep(0.01)
        seconds = time.monotonic() - began
        out, errors = run.communicate()
        used = sum(os.times()[2:4]) - sum(before[2:4])
    report = json.loads(out)["sources"][0] if run.returncode == 0 else {}
    lines = [line for line in errors.splitlines() if line.startswith("! ")]
    return Row(name, round(seconds, 1), round(used, 1), peak // MB, report.get("added", 0) > 0, lines)


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    alone = measure("good article alone")
    rows = [alone]
    for name in args.names or [*FILES, "pipe, device and loop"]:
        row = measure(name)
        rows += [row]
        late = row.processor > alone.processor + MAX_SECONDS
        missed = "MISSED " if late or row.memory > MAX_MEMORY or not row.good else ""
        said = "; ".join(line.rpartition("/")[2] for line in row.lines)[:110]
        print(
            f"{missed}{name}: {row.seconds} s ({row.processor} of the processor), {row.memory} MB: {said or 'read'}",
            flush=True,
        )
    print(f"{alone.name}: {alone.seconds} s ({alone.processor} of the processor), {alone.memory} MB")
    if args.json:
        args.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), "utf-8")


if __name__ == "__main__":
    main()
