"""Mail, saved pages, books, office files and archives give the articles in them, with what is known of each."""

from __future__ import annotations

import base64
import gzip
import io
import plistlib
import zipfile
from datetime import date
from email.message import EmailMessage

import docx
import pytest
from news_bundles import NEXIS, rtf

from newsqa.ingest.files import Problem, RawArticle, Skipped
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan

BODY = [
    "The harbour board of Tellin voted on Tuesday to close the old north quay. Engineers found cracks in its piles.",
    "“We have been patching it since 1988,” said Mayor Ada Quill. She expects the work to cost 3.5 million crowns.",
    "Fishing boats move to the south quay on Monday, where they will share a single crane with the mail boat.",
]
TEXT = "\n\n".join(BODY)
PARAGRAPHS = "".join(f"<p>{part}</p>" for part in BODY)
URL = "https://tellin.example/quay"
PAGE = f"""<!doctype html><html><head><title>Quay to close | Tellin Post</title><meta property="og:site_name"
 content="Tellin Post"><meta property="article:published_time" content="2025-03-07T08:00:00Z"></head><body>
<main><article><h1>Quay to close</h1><p>By Jon Ashby</p>{PARAGRAPHS}</article></main></body></html>"""
KNOWN = ("Quay to close", "Tellin Post", "Jon Ashby", date(2025, 3, 7))


def read(folder, name, data):
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return [item for found in scan(str(folder / name)) for item in read_file(found)]


def known(article):
    assert isinstance(article, RawArticle), article
    return (article.title, article.outlet, article.byline, article.published)


def lines(article):
    return [line for line in article.text.splitlines() if line.strip()]


# Mail


def message(plain=TEXT, page="", sender="Jon Ashby <jon@tellin.example>", **headers):
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Date"] = "Fwd: Quay to close", sender, "Fri, 07 Mar 2025 23:30:00 -0800"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(plain)
    if page:
        mail.add_alternative(page, subtype="html")
    return mail


def test_a_mail_is_an_article(tmp_path):
    (article,) = read(tmp_path, "a.eml", message().as_bytes())
    assert known(article) == ("Quay to close", None, "Jon Ashby", date(2025, 3, 7))
    assert lines(article) == BODY


LETTER = f"""<html><head><style>p {{color: red}}</style></head><body>
<div style="display:none;max-height:0">All about the quay&#847; &#8204;</div>
<table><tr><td><a href="x">View this email in your browser</a></td></tr><tr><td>{PARAGRAPHS}</td></tr>
<tr><td>No longer want this? <a href="x">Unsubscribe</a></td></tr></table></body></html>"""


def test_a_newsletter_has_an_outlet_and_no_lines_about_itself(tmp_path):
    mail = message("View it here: https://tellin.example", LETTER, "Tellin Post <news@tellin.example>")
    mail["List-Unsubscribe"] = "<https://tellin.example/out>"
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    article, attached = read(tmp_path, "a.eml", mail.as_bytes())
    assert known(article) == ("Quay to close", "Tellin Post", None, date(2025, 3, 7))
    assert lines(article) == BODY
    assert attached == Skipped("attachment", "not read", 1)


@pytest.mark.parametrize("charset", ["iso-8859-15", "utf-8", "koi8-unknown"])
def test_mail_is_decoded_as_it_declares_or_as_it_looks(tmp_path, charset):
    body = base64.b64encode("It rained in the café.".encode("utf-8" if "koi" in charset else charset)).decode()
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n"
    (article,) = read(tmp_path, "a.eml", head + body)
    assert article.text.strip() == "It rained in the café."


def test_a_mailbox_gives_its_messages(tmp_path):
    first = message(Message_ID="<1@tellin.example>").as_bytes()
    second = message("It rained.\n\n>From the pier one could see it.\n").as_bytes()
    start = b"From jon@tellin.example Fri Mar  7 23:30:00 2025\n"
    items = read(tmp_path, "a.mbox", start + first + b"\n" + start + second + b"\n" + start + b"\n")
    assert [lines(item) for item in items[:2]] == [BODY, ["It rained.", "From the pier one could see it."]]
    assert (items[0].place, items[0].key, items[1].place) == ("#1", "<1@tellin.example>", "#2")
    assert isinstance(items[2], Problem)


def nested(depth):
    """A mail within a mail within a mail."""
    heads = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return f"Subject: x\n{heads}Content-Type: text/plain\n\nIt rained.\n"


def test_a_mail_of_a_thousand_parts_is_refused(tmp_path):
    mail = message()
    for _ in range(1_000):
        mail.add_attachment("x", filename="x.txt")
    (problem,) = read(tmp_path, "a.eml", mail.as_bytes())
    assert "200 parts" in problem.reason
    (problem,) = read(tmp_path, "b.eml", nested(1_000))
    assert isinstance(problem, Problem)


# Saved pages


def mhtml():
    return (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: " + URL + "\r\nSubject: Quay to close | Tellin Post\r\n"
        "Date: Tue, 1 Apr 2025 10:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        '\ttype="text/html";\r\n\tboundary="----B"\r\n\r\n------B\r\nContent-Type: text/html\r\nContent-ID: <f@m>\r\n'
        f"Content-Transfer-Encoding: base64\r\nContent-Location: {URL}\r\n\r\n"
        + base64.encodebytes(PAGE.encode()).decode().replace("\n", "\r\n")
        + "\r\n------B\r\nContent-Type: text/css\r\nContent-Location: cid:css@m\r\n\r\np {}\r\n------B--\r\n"
    )


def webarchive():
    page = {
        "WebResourceData": PAGE.encode("utf-16"),
        "WebResourceMIMEType": "text/html",
        "WebResourceTextEncodingName": "UTF-16",
        "WebResourceURL": URL,
    }
    return plistlib.dumps({"WebMainResource": page, "WebSubresources": []}, fmt=plistlib.FMT_BINARY)


def warc(*records):
    """A WARC as crawlers write it: each record packed by itself."""
    out = b""
    for url, status, kind, body in records:
        sent = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        sent += f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2025-04-01T10:00:00Z\r\n"
        head += "WARC-Record-ID: <urn:uuid:1c1b0b4e-0000-4000-8000-000000000000>\r\n"
        head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(sent)}\r\n\r\n"
        out += gzip.compress(head.encode() + sent + b"\r\n\r\n")
    return out


CRAWL = warc(
    (URL, "200 OK", "text/html; charset=utf-8", PAGE.encode()),
    ("https://tellin.example/x.jpg", "200 OK", "image/jpeg", b"jpeg"),
    ("https://tellin.example/gone", "404 Not Found", "text/html", b"<p>Gone.</p>"),
)


@pytest.mark.parametrize(
    ("name", "data"), [("a.mhtml", mhtml()), ("a.mht", mhtml()), ("a.webarchive", webarchive()), ("a.warc.gz", CRAWL)]
)
def test_a_saved_page_is_read_as_a_page_with_the_address_it_was_saved_from(tmp_path, name, data):
    article, *passed = read(tmp_path, name, data)
    assert known(article) == KNOWN
    assert article.url == URL
    assert lines(article) == BODY
    assert [(one.kind, one.count) for one in passed] == ([("image/jpeg", 1), ("page", 1)] if "warc" in name else [])


def test_a_warc_that_is_cut_off_is_reported(tmp_path):
    items = read(tmp_path, "a.warc.gz", CRAWL[:-40])
    assert isinstance(items[0], RawArticle)
    assert items[-1].name == f"{tmp_path}/a.warc.gz"


# Office files and books


def word():
    document = docx.Document()
    for part in ("Quay to close", "By Jon Ashby", "Tellin Post | 7 March 2025", *BODY):
        document.add_paragraph(part)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def packed(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def odt():
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    parts = "".join(f"<text:p>{part.replace(' ', ' <text:s/>', 1)}</text:p>" for part in BODY)
    head = "<text:h>Quay to close</text:h><text:p>By Jon Ashby</text:p><text:p>Tellin Post | 7 March 2025</text:p>"
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:text="{text}"><office:body><office:text>'
        f"{head}{parts}</office:text></office:body></office:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


LETTERHEAD = ["Quay to close", "By Jon Ashby", "Tellin Post | 7 March 2025"]


@pytest.mark.parametrize(
    ("name", "data"), [("a.docx", word()), ("a.odt", odt()), ("a.rtf", rtf([*LETTERHEAD, *BODY]).encode())]
)
def test_an_office_file_is_an_article(tmp_path, name, data):
    (article,) = read(tmp_path, name, data)
    assert known(article) == KNOWN
    assert lines(article) == BODY


def epub(*chapters):
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    items = "".join(f'<item id="c{n}" href="c%20{n}.xhtml"/>' for n in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>Tellin this week</dc:title><dc:creator>Jon Ashby</dc:creator>"
        "<dc:publisher>Tellin Post</dc:publisher>"
        f'<dc:date>2025-03-07</dc:date></metadata><manifest><item id="nav" href="nav.xhtml" properties="nav"/>{items}'
        f'</manifest><spine><itemref idref="nav"/>{spine}</spine></package>'
    )
    pages = {f"OEBPS/c {n}.xhtml": f"<html><body>{chapter}</body></html>" for n, chapter in enumerate(chapters)}
    return packed({"META-INF/container.xml": container, "OEBPS/content.opf": package, "OEBPS/nav.xhtml": PAGE, **pages})


def test_a_book_of_many_articles_gives_each(tmp_path):
    chapters = [f"<h1>Quay to close</h1>{PARAGRAPHS}", "<p>Contents</p>", f"<h1>Trams return</h1>{PARAGRAPHS}"]
    first, second = read(tmp_path, "a.epub", epub(*chapters))
    assert known(first) == ("Quay to close", "Tellin Post", None, date(2025, 3, 7))
    assert (second.title, second.place) == ("Trams return", "#2")
    assert lines(second) == BODY


def test_a_book_of_one_article_has_its_title_and_author(tmp_path):
    (article,) = read(tmp_path, "a.epub", epub(PARAGRAPHS))
    assert known(article) == ("Tellin this week", "Tellin Post", "Jon Ashby", date(2025, 3, 7))


# Archives


def test_a_zip_gives_what_its_members_hold(tmp_path):
    members = {
        "news/quay.html": PAGE,
        "news/a.jsonl": '{"text": "It rained."}\n{broken\n',
        "b.txt.gz": gzip.compress(b"It snowed."),
        "nexis.txt": NEXIS,
        "crawl.warc.gz": CRAWL,
        "feed.xml": "<rss><channel><item><guid>7</guid><description>It froze.</description></item></channel></rss>",
        "photo.jpg": b"jpeg",
        "__MACOSX/news/._quay.html": b"x",
        ".hidden.txt": b"x",
    }
    items = read(tmp_path, "news.zip", packed(members))
    articles = {item.place: item for item in items if isinstance(item, RawArticle)}
    nexis = [f"#nexis.txt#{n}" for n in (1, 2, 3)]
    crawled = f"#crawl.warc.gz#{URL}"
    assert list(articles) == ["#news/quay.html", "#news/a.jsonl#1", "#b.txt.gz", *nexis, crawled, "#feed.xml#1"]
    assert known(articles["#news/quay.html"]) == KNOWN
    assert articles["#feed.xml#1"].key == "#feed.xml 7"
    assert [item.name.partition("#")[2] for item in items if isinstance(item, Problem)] == ["news/a.jsonl#2"]
    passed = {item.kind: item.count for item in items if isinstance(item, Skipped)}
    assert passed == {".jpg": 1, "hidden file": 1, "image/jpeg": 1, "page": 1}


def test_a_wacz_gives_the_pages_of_its_crawl(tmp_path):
    members = {"archive/data.warc.gz": CRAWL, "datapackage.json": "{}", "pages/pages.jsonl": '{"text": "no article"}'}
    article, *_ = read(tmp_path, "a.wacz", packed(members))
    assert known(article) == KNOWN
    assert article.url == URL


def reasons(items):
    return [item.reason for item in items if isinstance(item, Problem)]


def test_names_that_lead_out_of_an_archive_are_refused_and_the_rest_is_read(tmp_path):
    members = {"../../a.txt": "x", "/etc/b.txt": "x", "c:\\d.txt": "x", "e/..\\f.txt": "x", "good.txt": "It rained."}
    items = read(tmp_path, "a.zip", packed(members))
    assert reasons(items) == ["its name leads out of the archive"] * 4
    assert [item.text for item in items if isinstance(item, RawArticle)] == ["It rained."]


def test_archives_within_archives_end_at_a_depth(tmp_path):
    data = packed({"a.txt": "It rained."})
    assert [item.text for item in read(tmp_path, "one.zip", packed({"a.zip": data}))] == ["It rained."]
    for _ in range(5):
        data = packed({"a.zip": data})
    assert reasons(read(tmp_path, "many.zip", data)) == ["it is an archive within archives"]


def test_a_zip_that_swells_is_refused(tmp_path):
    data = packed({f"{n}.txt": bytes(20 * 2**20) for n in range(8)})
    assert len(data) < 2**18
    (reason,) = reasons(read(tmp_path, "a.zip", data))
    assert "160 MB" in reason


@pytest.mark.parametrize(
    "name", ["a.zip", "a.odt", "a.epub", "a.wacz", "a.webarchive", "a.rtf", "a.warc", "a.eml", "a.mht"]
)
@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04nonsense", bytes(range(256)) * 40, packed({"x": "y"}), b"{\\rtf1 " + b"{" * 9000]
)
def test_what_is_no_file_of_its_kind_is_reported(tmp_path, name, data):
    items = read(tmp_path, name, data)
    assert not any("\n" in item.reason for item in items if isinstance(item, Problem))
    assert items or data == packed({"x": "y"}) or not data


def test_xml_that_declares_entities_is_refused(tmp_path):
    laughs = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    for name, root in {
        "a.xml": "<nitf><body><body.content>",
        "b.xml": "<rss xmlns:wp='http://wordpress.org/export/1.2/'>",
    }.items():
        for declared in (laughs, outside):
            (reason,) = reasons(read(tmp_path, name, f"{declared}{root}&b;&e;"))
            assert "entities" in reason
    content = {"content.xml": f"{laughs}<x>&b;</x>"}
    assert "entities" in reasons(read(tmp_path, "a.odt", packed(content)))[0]
