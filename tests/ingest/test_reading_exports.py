"""What publishers' systems and agencies export is read under the names that each of them uses."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsqa.ingest.files import Problem, RawArticle, Skipped
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan
from thoroughness import examples

FIRST = "The harbour board of Tellin voted on Tuesday to close the old north quay. Engineers found cracks in its piles."
SECOND = "“We have been patching it since 1988,” said Mayor Ada Quill & her deputy."
MARKUP = f"<p>{FIRST}</p><p>“We have been <em>patching</em> it since 1988,” said Mayor Ada Quill &amp; her deputy.</p>"
KNOWN = ("Quay to close", "Tellin Post", "Jon Ashby", date(2025, 3, 7))


def read(folder, name, content):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return [item for found in scan(str(path)) for item in read_file(found)]


def known(article):
    assert isinstance(article, RawArticle), article
    return (article.title, article.outlet, article.byline, article.published)


def lines(article):
    return [line for line in article.text.splitlines() if line.strip()]


def passed(items):
    return {(item.kind, item.reason): item.count for item in items if isinstance(item, Skipped)}


def wordpress(*items):
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Tellin Post</title><link>https://tellin.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_id>2</wp:author_id><wp:author_login><![CDATA[jashby]]></wp:author_login>
<wp:author_display_name><![CDATA[Jon Ashby]]></wp:author_display_name></wp:author>
{"".join(items)}</channel></rss>"""


def wordpress_item(content, status="publish", kind="post", more=""):
    return f"""<item><title><![CDATA[Quay to close]]></title><link>https://tellin.example/2025/03/quay/</link>
<pubDate>Fri, 07 Mar 2025 22:30:00 +0000</pubDate><dc:creator><![CDATA[jashby]]></dc:creator>
<guid isPermaLink="false">https://tellin.example/?p=7</guid><description></description>
<content:encoded><![CDATA[{content}]]></content:encoded><excerpt:encoded><![CDATA[Short.]]></excerpt:encoded>
<wp:post_id>7</wp:post_id><wp:post_date><![CDATA[2025-03-07 23:30:00]]></wp:post_date>
<wp:post_date_gmt><![CDATA[2025-03-07 22:30:00]]></wp:post_date_gmt>
<wp:status><![CDATA[{status}]]></wp:status><wp:post_type><![CDATA[{kind}]]></wp:post_type>{more}</item>"""


BLOCKS = f"<!-- wp:paragraph -->\n<p>{FIRST}</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:paragraph -->\n<p>{SECOND}</p>"
CLASSIC = (
    f'[caption id="a"]<img src="x.jpg" /> The quay in May[/caption]\n{FIRST}\r\n\r\n<strong>“We</strong> {SECOND[4:]}'
)


@pytest.mark.parametrize("content", [BLOCKS, CLASSIC], ids=["blocks", "classic"])
def test_of_a_wordpress_export_the_published_posts_are_read(tmp_path, content):
    others = [
        wordpress_item("Not yet.", status="draft"),
        wordpress_item("For staff.", status="private"),
        wordpress_item("About us.", kind="page"),
        wordpress_item("", status="inherit", kind="attachment"),
        wordpress_item("Locked.", more="<wp:post_password><![CDATA[x]]></wp:post_password>"),
    ]
    items = read(tmp_path, "export.xml", wordpress(wordpress_item(content), *others))
    assert known(items[0]) == KNOWN
    assert items[0].url == "https://tellin.example/2025/03/quay/"
    assert lines(items[0]) == [FIRST, SECOND]
    assert passed(items) == {
        ("draft", "not published"): 1,
        ("private", "not published"): 1,
        ("page", "no article"): 1,
        ("attachment", "no article"): 1,
        ("locked post", "not published"): 1,
    }
    assert len(items) == 6


GHOST = {
    "db": [
        {
            "meta": {"exported_on": 1741340000000, "version": "5.80.0"},
            "data": {
                "posts": [
                    {"id": "a1", "uuid": "u", "title": "Quay to close", "slug": "quay", "html": MARKUP, "lexical": "{}",
                     "status": "published", "type": "post", "published_at": "2025-03-07T08:00:00.000Z"},
                    {"id": "a2", "uuid": "v", "title": "Draft", "slug": "draft", "html": MARKUP, "lexical": "{}",
                     "status": "draft", "type": "post", "published_at": None},
                    {"id": "a3", "uuid": "w", "title": "About", "slug": "about", "html": MARKUP, "lexical": "{}",
                     "status": "published", "type": "page", "published_at": "2025-03-07T08:00:00.000Z"},
                ],
                "users": [{"id": "1", "name": "Jon Ashby", "slug": "jon"}],
                "posts_authors": [{"post_id": "a1", "author_id": "1", "sort_order": 0}],
                "settings": [{"key": "title", "value": "Tellin Post"}],
            },
        }
    ]
}  # fmt: skip

GHOST_API = {
    "posts": [
        {"id": "a1", "uuid": "u", "title": "Quay to close", "slug": "quay", "html": MARKUP, "comment_id": "a1",
         "published_at": "2025-03-07T08:00:00.000+01:00", "url": "https://tellin.example/quay/",
         "primary_author": {"name": "Jon Ashby"}},
    ],
    "meta": {"pagination": {"page": 1}},
}  # fmt: skip

ARC = {
    "_id": "ABC",
    "type": "story",
    "version": "0.10.9",
    "canonical_url": "https://tellin.example/quay/",
    "headlines": {"basic": "Quay to close", "mobile": ""},
    "credits": {"by": [{"type": "author", "name": "Jon Ashby", "slug": "jon"}]},
    "first_publish_date": "2025-03-07T08:00:00Z",
    "display_date": "2025-03-08T08:00:00Z",
    "distributor": {"name": "Tellin Post", "category": "staff"},
    "content_elements": [
        {"type": "text", "content": FIRST},
        {"type": "image", "caption": "The quay in May", "url": "https://tellin.example/x.jpg"},
        {"type": "quote", "content_elements": [{"type": "text", "content": MARKUP.split("</p><p>")[1][:-4]}]},
    ],
}

GUARDIAN_ITEM = {
    "id": "world/2025/mar/07/quay",
    "type": "article",
    "sectionName": "World news",
    "webPublicationDate": "2025-03-07T08:00:00Z",
    "webTitle": "Quay to close",
    "webUrl": "https://tellin.example/world/2025/mar/07/quay",
    "fields": {
        "headline": "Quay to close",
        "byline": "Jon Ashby in Tellin",
        "body": MARKUP,
        "publication": "Tellin Post",
    },
    "tags": [{"type": "contributor", "webTitle": "Jon Ashby"}, {"type": "keyword", "webTitle": "Harbours"}],
}

NINJS = {
    "uri": "https://wire.example/items/7",
    "type": "text",
    "versioncreated": "2025-03-08T08:00:00Z",
    "firstcreated": "2025-03-07T08:00:00Z",
    "pubstatus": "usable",
    "headline": "Quay to close",
    "byline": "By Jon Ashby",
    "body_html": MARKUP,
    "source": "Tellin Post",
}
NINJS_2 = {
    "uri": "urn:wire:8",
    "standard": {"name": "ninjs", "version": "2.1"},
    "contentcreated": "2025-03-07T08:00:00Z",
    "headlines": [{"role": "short", "value": "Quay"}, {"role": "main", "value": "Quay to close"}],
    "bodies": [{"contenttype": "text/plain", "value": "Plain."}, {"contenttype": "text/html", "value": MARKUP}],
    "by": "Jon Ashby",
    "infosources": [{"name": "Tellin Post"}],
}

NEWS_PLEASE = {
    "authors": ["Jon Ashby"],
    "date_download": "2025-04-01 00:00:00",
    "date_modify": "2025-03-30 00:00:00",
    "date_publish": "2025-03-07 08:00:00",
    "language": "en",
    "maintext": f"{FIRST}\n{SECOND}",
    "source_domain": "post.tellin.example",
    "text": None,
    "title": "Quay to close",
    "url": "https://post.tellin.example/quay",
}

OBJECTS = {
    "ghost": GHOST,
    "arc": ARC,
    "arc search": {"type": "results", "count": 1, "content_elements": [ARC]},
    "guardian search": {"response": {"status": "ok", "total": 1, "results": [GUARDIAN_ITEM]}},
    "guardian item": {"response": {"status": "ok", "content": GUARDIAN_ITEM}},
    "ninjs": NINJS,
    "ninjs 2": NINJS_2,
    "a list": [NINJS],
}


@pytest.mark.parametrize("value", OBJECTS.values(), ids=OBJECTS.keys())
def test_json_of_publishing_systems_is_read(tmp_path, value):
    items = read(tmp_path, "export.json", value)
    assert known(items[0]) == KNOWN
    assert lines(items[0]) == [FIRST, SECOND]
    assert all(isinstance(item, Skipped) for item in items[1:])


def test_what_the_api_of_ghost_gives_is_read(tmp_path):
    (article,) = read(tmp_path, "posts.json", GHOST_API)
    assert known(article) == ("Quay to close", "tellin.example", "Jon Ashby", date(2025, 3, 7))
    assert lines(article) == [FIRST, SECOND]


def test_ghost_drafts_and_pages_are_passed_over(tmp_path):
    items = read(tmp_path, "export.json", GHOST)
    assert passed(items) == {("draft", "not published"): 1, ("page of a site", "no article"): 1}


@pytest.mark.parametrize("change", [{"pubstatus": "canceled"}, {"type": "picture"}])
def test_what_an_agency_withdrew_and_pictures_are_passed_over(tmp_path, change):
    items = read(tmp_path, "wire.jsonl", "\n".join(map(json.dumps, [NINJS, NINJS | change])))
    assert [type(item) for item in items] == [RawArticle, Skipped]


def test_an_arc_story_that_is_not_published_is_passed_over(tmp_path):
    assert passed(read(tmp_path, "a.json", ARC | {"revision": {"published": False}})) == {("draft", "not published"): 1}


def test_news_please_is_read_with_its_day_of_publication(tmp_path):
    (article,) = read(tmp_path, "a.json", NEWS_PLEASE)
    assert known(article) == ("Quay to close", "post.tellin.example", "Jon Ashby", date(2025, 3, 7))
    assert lines(article) == [FIRST, SECOND]


NITF = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "http://www.nitf.example/IPTC/NITF/3.3/nitf-3-3.dtd">
<nitf version="-//IPTC//DTD NITF 3.3//EN"><head><title>Quay</title>
<meta name="slug" content="QUAY"/><docdata><doc-id id-string="7"/><date.issue norm="20250307T080000Z"/></docdata>
<pubdata name="Tellin Post" date.publication="20250307T000000" ex-ref="https://tellin.example/quay"/></head>
<body><body.head><hedline><hl1>Quay to close</hl1><hl2>Cracks found</hl2></hedline>
<byline class="print_byline">By Jon Ashby</byline><distributor>Wire</distributor></body.head>
<body.content><media><media-caption><p>The quay in May</p></media-caption></media>
<block class="full_text"><p>{FIRST}</p><p>“We have been <em>patching</em> it since 1988,” said Mayor Ada Quill &amp;
 her deputy.</p></block></body.content></body></nitf>"""
_NITF_BODY = NITF[NITF.index("<nitf") :]
NEWSML_1 = f"""<?xml version="1.0"?><NewsML><NewsItem><NewsComponent><ContentItem><DataContent>
{_NITF_BODY}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"""


@pytest.mark.parametrize("content", [NITF, NEWSML_1], ids=["nitf", "within NewsML 1"])
def test_nitf_is_read(tmp_path, content):
    (article,) = read(tmp_path, "a.xml", content)
    assert known(article) == KNOWN
    assert article.url == "https://tellin.example/quay"
    assert lines(article) == [FIRST, SECOND]


def newsml(inline, status="usable", kind="text"):
    return f"""<newsItem guid="urn:newsml:tellin.example:7" version="2" standard="NewsML-G2" standardversion="2.29"
 xmlns="http://iptc.org/std/nar/2006-10-01/"><catalogRef href="http://www.iptc.example/catalog.xml"/>
<itemMeta><itemClass qcode="ninat:{kind}"/><provider literal="tp"><name>Tellin Post</name></provider>
<versionCreated>2025-03-08T08:00:00Z</versionCreated><firstCreated>2025-03-07T08:00:00+01:00</firstCreated>
<pubStatus qcode="stat:{status}"/><title>Quay</title></itemMeta>
<contentMeta><headline>Quay to close</headline><by>Jon Ashby</by></contentMeta>
<contentSet>{inline}</contentSet></newsItem>"""


XHTML = f"""<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>
</head><body>{MARKUP}</body></html></inlineXML>"""
INLINE = {
    "nitf": f'<inlineXML contenttype="application/nitf+xml">{_NITF_BODY}</inlineXML>',
    "xhtml": XHTML,
    "html": f"<inlineData contenttype='text/html'><![CDATA[{MARKUP}]]></inlineData>",
    "plain": f"<inlineData contenttype='text/plain'>{FIRST}\n\n{SECOND.replace('&', '&amp;')}</inlineData>",
}


@pytest.mark.parametrize("inline", INLINE.values(), ids=INLINE.keys())
def test_newsml_g2_is_read(tmp_path, inline):
    (article,) = read(tmp_path, "a.xml", newsml(inline))
    assert known(article) == KNOWN
    assert lines(article) == [FIRST, SECOND]


def test_a_message_of_newsml_g2_holds_many_items(tmp_path):
    items = [newsml(XHTML), newsml("", kind="picture"), newsml(XHTML, status="canceled"), newsml(XHTML)]
    message = (
        f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{"".join(items)}</itemSet></newsMessage>'
    )
    found = read(tmp_path, "a.xml", message)
    assert [item.place for item in found if isinstance(item, RawArticle)] == ["#1", "#4"]
    assert passed(found) == {("picture", "no article"): 1, ("item", "withdrawn"): 1}


TABLES = {
    "comma": ("a.csv", "Headline,Body,Publication Date,Byline,Source,URL\n", ","),
    "semicolon": ("a.csv", "title;full_text;published_at;author;outlet;link\n", ";"),
    "tab": ("a.tsv", "Title\tArticle Text\tDate\tJournalist\tMedia Outlet\tArticle URL\n", "\t"),
}


@pytest.mark.parametrize(("name", "header", "mark"), TABLES.values(), ids=TABLES.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_are_read_under_usual_column_names(tmp_path, name, header, mark, encoding):
    cells = ["Quay to close", f'"{FIRST}\n\n{SECOND}"', "2025-03-07", "Jon Ashby", "Tellin Post", "https://t.example/q"]
    rows = [mark.join(cells), "", mark.join(["No text", '""', "", "", "", ""]), mark.join(["Rain", "It rained."])]
    (tmp_path / name).write_bytes((header + "\r\n".join(rows) + "\r\n").encode(encoding))
    items = [item for found in scan(str(tmp_path / name)) for item in read_file(found)]
    assert known(items[0]) == KNOWN
    assert lines(items[0]) == [FIRST, SECOND]
    assert items[0].url == "https://t.example/q"
    assert isinstance(items[1], Problem)
    assert (items[2].title, items[2].text, items[2].place) == ("Rain", "It rained.", "#4")


def test_a_table_of_news_please_is_read(tmp_path):
    (article,) = read(tmp_path, "a.csv", f'title,maintext,date_publish\nQuay to close,"{FIRST}",2025-03-07 08:00:00\n')
    assert (article.title, article.published) == ("Quay to close", date(2025, 3, 7))


def test_a_table_without_a_text_says_which_columns_it_has(tmp_path):
    (problem,) = read(tmp_path, "a.csv", "name,age\nAda,61\n")
    assert "name, age" in problem.reason


def test_a_clipping_of_obsidian_has_the_address_that_is_its_source(tmp_path):
    matter = 'title: "Quay to close"\nsource: "https://tellin.example/quay"\nauthor:\n  - "[[Jon Ashby]]"\n'
    matter += 'published: 2025-03-07\ncreated: 2025-04-01\ntags:\n  - "clippings"\n'
    (article,) = read(tmp_path, "a.md", f"---\n{matter}---\n{FIRST}\n\n{SECOND}\n")
    assert known(article) == ("Quay to close", "tellin.example", "Jon Ashby", date(2025, 3, 7))
    assert article.url == "https://tellin.example/quay"


NAMES = """db data posts users id status html slug uuid content_elements headlines basic credits by type content items
response results webTitle webPublicationDate fields tags uri body_html bodies value headline pubstatus date_publish
maintext published_at authors"""
STRINGS = st.sampled_from(["text", "post", "published", "<p>x</p>", "2025-03-07"])
LEAVES = st.none() | st.booleans() | st.integers() | STRINGS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES.split()), inner),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=examples(200))
def test_anything_in_the_shape_of_an_export_gives_articles_or_what_is_wrong(value):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.json", "a.jsonl"):
            for item in read(Path(folder), name, value):
                assert isinstance(item, RawArticle | Problem | Skipped)
