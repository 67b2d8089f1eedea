"""Variants of the formats, as programs of many makers write them: each is read with its values right."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import pytest

from newsqa.ingest.clean import clean
from newsqa.ingest.files import FileFound, RawArticle
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan


def read(folder, name, data):
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    items = [item for found in scan(str(folder)) if isinstance(found, FileFound) for item in read_file(found)]
    return [item for item in items if isinstance(item, RawArticle)]


def zipped(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_D", "."), content)
    return data.getvalue()


def text(items):
    return "\n".join(clean(item.text) for item in items).strip()


def folded(items):
    return " ".join(text(items).split())


def test_a_day_in_a_list_above_the_title_is_not_that_of_the_article(tmp_path):
    page = """<html><head><title>Lock gates to be renewed</title></head><body><aside class="most-read"><ul>
<li><time datetime="2025-06-11">11 June 2025</time> <a href="/1">Bakery wins prize</a></li></ul></aside><main>
<h1>Lock gates to be renewed</h1><div><span>Published Tuesday 4 March 2025, 09:08</span></div>
<p>The canal authority will renew both lock gates at Varde for 3.1 million crowns, it said on Tuesday morning.</p>
<p>The gates, which were last replaced on 9 May 1974, leak about 40 litres a second, engineer Tor Nygaard said.</p>
</main></body></html>"""
    assert [item.published for item in read(tmp_path, "a.html", page)] == [date(2025, 3, 4)]


@pytest.mark.parametrize("name", ["a.html", "a.txt"])
def test_a_quote_after_an_accent_is_not_taken_for_damaged_utf8(tmp_path, name):
    line = "The “Café Blå” in Tarnstadt has opened its doors again after a fire, and the owner’s price is €3."
    page = f"<html><body><article><h1>Café reopens</h1><p>{line}</p></article></body></html>"
    assert line in text(read(tmp_path, name, (page if name == "a.html" else line).encode("cp1252")))


def test_a_feed_may_escape_its_title_once_too_often(tmp_path):
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Skarn News</title><entry>
<title type="html">Baker&amp;amp;#8217;s strike &amp;amp;amp; its price</title>
<content type="html">&lt;p&gt;The bakers of
Skarn stopped work on Monday, their leader said.&lt;/p&gt;&lt;p&gt;The post Baker's strike appeared first on
Skarn News.&lt;/p&gt;</content></entry></feed>"""
    (item,) = read(tmp_path, "a.atom", feed)
    assert item.title == "Baker’s strike & its price"
    assert text([item]) == "The bakers of Skarn stopped work on Monday, their leader said."


PROQUEST = """
____________________________________________________________

Document 1 of 2

Mine at Varde reopens

Author: Olsen, Trine

Full text: The copper mine at Varde reopened on Saturday with sixty men.

Subject: Mines

Publication title: Tarn Valley Post; Tarnstadt

Publication date: Jan 12, 2025

____________________________________________________________

Document 2 of 2

Swimmers protest

Full text: Forty swimmers stood in the rain on Monday.

Publication title: Skarn News

Publication date: Jan 13, 2025
"""


def test_a_proquest_export_need_not_have_its_ids(tmp_path):
    items = read(tmp_path, "a.txt", PROQUEST)
    assert [(item.title, item.outlet, item.byline, item.published) for item in items] == [
        ("Mine at Varde reopens", "Tarn Valley Post", "Trine Olsen", date(2025, 1, 12)),
        ("Swimmers protest", "Skarn News", None, date(2025, 1, 13)),
    ]


def test_markdown_loses_images_addresses_and_marks_of_quotations(tmp_path):
    clipping = (
        "The mill [opens](https://holm.example/x).\n\n![Mill](https://holm.example/m.jpg)\n\n> “At last,” she said.\n"
    )
    assert folded(read(tmp_path, "a.md", clipping)) == "The mill opens. “At last,” she said."


def test_nitf_has_a_title_beside_its_writer(tmp_path):
    nitf = """<nitf><body><body.head>
<hedline><hl1>Power price halved</hl1></hedline><byline>By
<person>Ellen Strøm</person><byttl>Energy writer</byttl></byline></body.head>
<body.content><p>The price fell on Thursday.</p>
</body.content></body></nitf>"""
    assert [item.byline for item in read(tmp_path, "a.xml", nitf)] == ["Ellen Strøm"]


def test_an_aside_in_the_text_of_an_export_is_no_part_of_it(tmp_path):
    data = '{"title": "Otters", "body": "<p>Otters thrive.</p><aside><p>Sign up to our letter</p></aside><p>Why?</p>"}'
    assert text(read(tmp_path, "a.json", data)) == "Otters thrive.\n\nWhy?"


WORD = """<w:document xmlns:w="urn:w"><w:body><w:p><w:r><w:t>The roof was mended</w:t></w:r><w:del><w:r>
<w:delText> badly
</w:delText></w:r></w:del><w:ins><w:r><w:t xml:space="preserve"> well</w:t></w:r></w:ins>
<w:r><w:t>, she said.</w:t></w:r>
<w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden.</w:t></w:r></w:p><w:sdt><w:sdtContent><w:p><w:r><w:t>It</w:t><w:tab/>
<w:t>held.</w:t></w:r></w:p></w:sdtContent></w:sdt></w:body></w:document>"""


def test_a_word_file_keeps_what_was_put_in_and_loses_what_was_taken_out(tmp_path):
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relations = f'<Relationships><Relationship Type="{kind}" Target="word/document2.xml"/></Relationships>'
    data = zipped(_rels___Drels=relations, word__document2_Dxml=WORD)
    assert text(read(tmp_path, "a.docx", data)) == "The roof was mended well, she said.\n\nIt\theld."


def test_what_follows_a_note_of_an_opendocument_text_stays(tmp_path):
    content = """<office:d xmlns:office="urn:o" xmlns:text="urn:t"><text:p>The rink
melted on Wednesday<text:note><text:p>It
did in 2019.</text:p></text:note>, a month early<office:annotation><text:p>check</text:p></office:annotation>, its
keeper said.</text:p></office:d>"""
    assert text(read(tmp_path, "a.odt", zipped(content_Dxml=content))) == (
        "The rink melted on Wednesday, a month early, its keeper said."
    )


def test_rtf_hides_words_and_addresses(tmp_path):
    data = r"""{\rtf1\ansi Boats sail again.\par {\field{\*\fldinst{HYPERLINK "http://x.example"}}{\fldrslt The hall}}
 holds 1,200 {\rtlch\fcs1 \v hidden words }people{\super 1}.\par}"""
    assert folded(read(tmp_path, "a.rtf", data)) == "Boats sail again. The hall holds 1,200 people1."


def test_marks_and_texts_of_footnotes_are_no_words_of_a_chapter(tmp_path):
    container = '<container><rootfile full-path="p.opf"/></container>'
    package = (
        '<package><manifest><item id="a" href="a%20b.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>'
    )
    head = '<html xmlns:epub="e"><body><h1>Beekeepers meet</h1><p>Two hundred beekeepers met on Friday'
    note = '<a epub:type="noteref" href="#n"><sup>1</sup></a>, the most ever.</p>' + "<p>They want a ban.</p>" * 12
    chapter = f'{head}{note}<aside epub:type="footnote" id="n"><p>1. In 2024 there were 150.</p></aside></body></html>'
    data = zipped(**{"META-INF__container_Dxml": container, "p_Dopf": package, "a b_Dxhtml": chapter})
    found = text(read(tmp_path, "a.epub", data))
    assert "met on Friday, the most ever." in found
    assert "150" not in found


FERRY = "The ferry Tern left Port Ossel at dawn with ninety passengers, the harbour office said."


def test_a_bundle_of_factiva_may_have_articles_in_several_languages(tmp_path):
    bundle = r"""{\rtf1\ansi\ansicpg1252{\b Le ferry Tern revient \'e0 Ossel}\par
Par Ilva Tam\par 214 mots\par 4 mars 2025\par
Le Quotidien d'Ossel\par OSSELQ\par Fran\'e7ais\par
Copyright 2025 Le Quotidien d'Ossel. Tous droits r\'e9serv\'e9s.\par\par
Le ferry est parti \'e0 l'aube.\par\par Document OSSELQ0020250304el340001a\par\par
{\b Ferry Tern returns to Ossel}\par By Orn Bask\par 180 words\par 5 March 2025\par Ossel Herald\par OSSELH\par
English\par
Copyright 2025 Ossel Herald.\par\par It left at dawn.\par\par Document OSSELH0020250305el350001b\par}"""
    french, english = read(tmp_path, "a.rtf", bundle)
    assert (french.title, french.outlet, french.byline) == (
        "Le ferry Tern revient à Ossel", "Le Quotidien d'Ossel", "Ilva Tam",
    )  # fmt: skip
    assert (french.published, text([french])) == (date(2025, 3, 4), "Le ferry est parti à l'aube.")
    assert (english.outlet, english.published, text([english])) == (
        "Ossel Herald", date(2025, 3, 5), "It left at dawn.",
    )  # fmt: skip


def test_the_address_of_a_newsletter_in_the_browser_is_no_line_of_it(tmp_path):
    mail = f"""From: Ossel Morning <brief@ossel.example>\nSubject: Ferry back\nDate: Tue, 4 Mar 2025 06:00:00 +0100
Content-Type: text/plain

View in browser: https://ossel.example/x

{FERRY}

People view in browsers what they like.\n"""
    assert text(read(tmp_path, "a.eml", mail)) == f"{FERRY}\n\nPeople view in browsers what they like."


def test_a_table_in_german_with_a_line_that_names_its_separator_is_read(tmp_path):
    table = "sep=;\r\nTitel;Datum;Autor;Quelle;Text\r\n"
    table += '"Fähre zurück";04.03.2025;Ilva Tam;Osseler Bote;"Es kostete 6,30 €."\r\n'
    (item,) = read(tmp_path, "a.csv", table.encode("cp1252"))
    assert (item.title, item.published) == ("Fähre zurück", date(2025, 3, 4))
    assert (item.byline, item.outlet, item.text) == ("Ilva Tam", "Osseler Bote", "Es kostete 6,30 €.")


def test_front_matter_may_be_toml_and_lines_for_templates_are_no_text(tmp_path):
    page = f"""+++\ntitle = "Ferry Tern returns"\ndate = 2025-03-04T08:00:00+01:00\nauthors = ["Ilva Tam"]\n+++\n
{FERRY}\n\n{{{{< figure src="a.jpg" >}}}}\n\n{{% include note.html %}}\n\nIt came back at dusk.\n"""
    (item,) = read(tmp_path, "a.md", page)
    assert (item.title, item.published, item.byline) == ("Ferry Tern returns", date(2025, 3, 4), "Ilva Tam")
    assert folded([item]) == f"{FERRY} It came back at dusk."


def test_labels_above_a_text_are_read_if_a_title_is_among_them(tmp_path):
    head = (
        "HEADLINE: Ferry Tern returns\nBYLINE: Ilva Tam\nPUBLICATION: Ossel Herald\nDATE: March 4, 2025\nSECTION: A3\n"
    )
    (item,) = read(tmp_path, "a.txt", f"{head}\n{FERRY}\n")
    assert (item.title, item.byline, item.outlet) == ("Ferry Tern returns", "Ilva Tam", "Ossel Herald")
    assert (item.published, text([item])) == (date(2025, 3, 4), FERRY)
    (tmp_path / "a.txt").unlink()
    talk = f"Question: Is the ferry back?\nAnswer: It is.\n\n{FERRY}"
    assert text(read(tmp_path, "b.txt", talk)) == talk


def test_what_the_api_of_drupal_gives_is_read_if_it_is_published(tmp_path):
    nodes = [
        {"type": "node--article", "attributes": {"title": title, "status": status, "created": "2025-03-04T08:00:00Z",
         "changed": "2025-03-09T08:00:00Z", "body": {"value": FERRY, "processed": f"<p>{FERRY}</p>"}}}
        for title, status in (("Ferry is back", True), ("Ferry is late", False))
    ]  # fmt: skip
    (item,) = read(tmp_path, "a.json", json.dumps({"jsonapi": {"version": "1.0"}, "data": nodes}))
    assert (item.title, item.published, text([item])) == ("Ferry is back", date(2025, 3, 4), FERRY)


@pytest.mark.parametrize("embed", ["https://video.example/1", "<div>\nhttps://video.example/1\n</div>"])
def test_what_wordpress_embeds_is_no_line_of_a_post(tmp_path, embed):
    post = f"<p>{FERRY}</p>\n\n{embed}\n\n<p>It is at <a href='x'>https://ossel.example</a>.</p>"
    export = f"""<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Ossel Herald</title><item><title>Ferry</title><content:encoded><![CDATA[{post}]]></content:encoded>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>"""
    assert folded(read(tmp_path, "a.xml", export)) == f"{FERRY} It is at https://ossel.example."
