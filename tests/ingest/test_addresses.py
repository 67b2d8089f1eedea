"""Pages, feeds and sitemaps are read from a server, politely and within bounds, and from nowhere private."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from threading import Thread

import pytest
from news_site import news_site, page
from word_embedder import WordEmbedder

from newsqa.errors import SourceError
from newsqa.ingest import connection, fetch
from newsqa.ingest.addresses import AddressOptions
from newsqa.ingest.connection import is_public
from newsqa.ingest.fetch import Fetcher, Politeness, Validators
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index

QUICK = Politeness(delay=0, private=True)


@pytest.fixture
def site():
    with news_site() as made:
        yield made


@pytest.fixture
def settings(tmp_path):
    return Settings(index=tmp_path / "index")


def index(settings, url, **options):
    options = AddressOptions(**{"politeness": QUICK, **options})
    return index_source(settings, url, embedder=WordEmbedder(), addresses=options)


def articles(settings):
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        return sorted(snapshot.all_articles(), key=lambda article: article.path)


def test_a_page_becomes_an_article_with_its_address(site, settings):
    site.put("/news/1", page(1), Content_Encoding="gzip")
    report = index(settings, f"{site.url}/news/1")
    (article,) = articles(settings)
    assert (report.added, report.read, report.source) == (1, 1, "127.0.0.1")
    assert (article.title, article.outlet, str(article.published)) == ("Quay 1 to close", "Tellin Post", "2025-03-01")
    assert (article.url, article.path) == (f"{site.url}/news/1", f"{report.source}/news/1")
    assert site.paths() == ["/robots.txt", "/news/1"]
    assert all("newsqa" in headers["user-agent"] for _, headers in site.asked)


def test_what_is_not_changed_is_not_sent_again(site, settings):
    site.put("/1", page(1), ETag='"a"', Last_Modified="Sat, 01 Mar 2025 08:00:00 GMT")
    index(settings, f"{site.url}/1")
    report = index(settings, f"{site.url}/1")
    assert (report.added, report.changed, report.unchanged, report.read) == (0, 0, 1, 1)
    assert [(one.kind, one.reason) for one in report.passed] == [("document", "not changed since the last time")]
    _, headers = site.asked[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"a"', "Sat, 01 Mar 2025 08:00:00 GMT")
    site.put("/1", page(2), ETag='"b"')
    assert index(settings, f"{site.url}/1").changed == 1
    assert [article.title for article in articles(settings)] == ["Quay 2 to close"]


def test_a_feed_gives_its_items_and_keeps_those_that_are_gone(site, settings):
    site.put("/feed", site.feed(1, 2), "application/rss+xml")
    assert index(settings, f"{site.url}/feed").added == 2
    site.put("/feed", site.feed(2, 3), "application/rss+xml")
    report = index(settings, f"{site.url}/feed")
    assert (report.added, report.removed) == (1, 0)
    assert [article.title for article in articles(settings)] == [f"Quay {n} to close" for n in (1, 2, 3)]


def test_a_feed_of_json_keeps_its_items_too(site, settings):
    def feed(*numbers):
        rows = [{"id": str(n), "url": f"{site.url}/{n}", "content_text": f"Quay {n} is shut."} for n in numbers]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Tellin Post", "items": rows})

    site.put("/feed.json", feed(2, 1), "application/feed+json")
    assert index(settings, f"{site.url}/feed.json").added == 2
    site.put("/feed.json", feed(3, 2), "application/feed+json")
    report = index(settings, f"{site.url}/feed.json")
    assert (report.added, report.changed, report.removed) == (1, 0, 0)
    assert sorted(article.text for article in articles(settings)) == [f"Quay {n} is shut." for n in (1, 2, 3)]


def test_the_pages_behind_a_feed_are_read_once(site, settings):
    site.put("/feed", site.feed(1, 2, 7), "text/xml")
    for n in (1, 2):
        site.put(f"/{n}", page(n))
    report = index(settings, f"{site.url}/feed", full=True)
    assert (report.added, [problem.reason for problem in report.problems]) == (2, ["the server answers 404"])
    assert [len(article.text) > 300 for article in articles(settings)] == [True, True]
    site.asked.clear()
    index(settings, f"{site.url}/feed", full=True)
    assert site.paths() == ["/robots.txt", "/feed", "/7"]


def test_a_sitemap_gives_its_newest_pages_and_the_rest_later(site, settings):
    days = {"1": "2025-03-01", "2": "2025-03-03", "3": "2025-03-02"}
    foreign = "<url><loc>http://other.example/9</loc></url></urlset>"
    site.put("/map.xml", site.sitemap(**days).replace("</urlset>", foreign), "application/xml")
    site.put("/index.xml", f"<sitemapindex><sitemap><loc>{site.url}/map.xml</loc></sitemap></sitemapindex>", "text/xml")
    for n in (1, 2, 3):
        site.put(f"/{n}", page(n))
    report = index(settings, f"{site.url}/index.xml", items=2)
    assert site.paths() == ["/robots.txt", "/index.xml", "/map.xml", "/2", "/3"]
    assert [(one.kind, one.count) for one in report.passed] == [("page", 1)]
    site.asked.clear()
    site.put("/map.xml", site.sitemap(**days | {"3": "2025-03-04"}), "application/xml")
    index(settings, f"{site.url}/index.xml")
    assert site.paths() == ["/robots.txt", "/index.xml", "/map.xml", "/3", "/1"]
    assert len(articles(settings)) == 3


def test_robots_txt_is_obeyed(site, settings):
    site.put("/robots.txt", "User-agent: newsqa\nDisallow: /private\nCrawl-delay: 1\n", "text/plain")
    site.put("/private/1", page(1))
    site.put("/moved", b"", status=302, Location="/private/1")
    for path in ("/private/1", "/moved"):
        with pytest.raises(SourceError, match=r"robots\.txt"):
            index(settings, f"{site.url}{path}")
    assert "/private/1" not in site.paths()
    site.put("/robots.txt", b"", status=503)
    site.put("/open", page(1))
    with pytest.raises(SourceError, match=r"robots\.txt"):
        index(settings, f"{site.url}/open")


def test_a_host_is_asked_once_a_second(site):
    for n in (1, 2):
        site.put(f"/{n}", page(n))
    fetcher = Fetcher(Politeness(delay=0.3, private=True))
    began = time.monotonic()
    for n in (1, 2):
        fetcher.get(f"{site.url}/{n}", Validators())
    assert time.monotonic() - began > 0.6  # robots.txt and two pages
    assert Politeness().delay == 1.0


def test_redirects_are_followed_and_end(site, settings):
    site.put("/old", b"", status=301, Location="/1")
    site.put("/1", page(1))
    site.put("/loop", b"", status=302, Location="/loop")
    index(settings, f"{site.url}/old")
    assert [article.url for article in articles(settings)] == [f"{site.url}/1"]
    with pytest.raises(SourceError, match="redirects more than"):
        index(settings, f"{site.url}/loop")


PRIVATE = """127.0.0.1 10.1.2.3 192.168.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 ::1 fe80::1%eth0 fd00::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_of_private_networks_are_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_addresses_of_the_public_network_are_known(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://2130706433/"],
)
def test_private_networks_are_not_asked(settings, url):
    with pytest.raises(SourceError, match="private network"):
        index(settings, url, politeness=Politeness(delay=0))


def test_a_public_host_that_redirects_or_resolves_to_a_private_one_gains_nothing(site, monkeypatch):
    site.put("/away", b"", status=302, Location="http://internal.example/secret")
    port = int(site.url.rpartition(":")[2])
    hosts = {"public.example": "127.0.0.1", "internal.example": "10.0.0.1"}

    def resolve(host, *_args, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (hosts.get(host, host), port))]

    monkeypatch.setattr(connection.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(connection, "is_public", lambda address: not address.startswith("10."))
    with pytest.raises(SourceError, match="is in a private network"):
        Fetcher(Politeness(delay=0)).get(f"http://public.example:{port}/away", Validators())


@pytest.mark.parametrize("url", ["http://user:word@a.example/", "http:///x", "http://a.example:99999/", "https://a b/"])
def test_an_odd_address_is_refused(settings, url):
    with pytest.raises(SourceError):
        index(settings, url)


def test_size_is_bounded_also_when_packed(site, settings, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_DOCUMENT", 100_000)
    site.put("/large", b"a" * 200_000)
    site.put("/bomb", b"a" * 50_000_000, Content_Encoding="gzip")
    site.put("/odd", page(1), Content_Encoding="br")
    for path, why in (("/large", "larger than"), ("/bomb", "larger than"), ("/odd", "packs it as")):
        with pytest.raises(SourceError, match=why):
            index(settings, f"{site.url}{path}")


def test_a_server_that_drips_is_left(settings, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            peer, _ = server.accept()
            with peer:
                try:
                    for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1_000:
                        peer.sendall(bytes([letter]))
                        time.sleep(0.05)
                except OSError:
                    return

        thread = Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with pytest.raises(SourceError, match="too slow"):
            index(settings, f"http://127.0.0.1:{server.getsockname()[1]}/")
        assert time.monotonic() - began < 5
        thread.join()


def test_what_is_no_article_is_reported(site, settings):
    site.put("/x.png", b"png", "image/png")
    report = index(settings, f"{site.url}/x.png")
    assert (report.read, [problem.reason for problem in report.problems]) == (
        0,
        ["a format that newsqa does not know (image/png)"],
    )


def test_the_command_reads_a_feed(site, tmp_path):
    site.put("/feed", site.feed(1, 2), "application/rss+xml")
    command = [sys.executable, "-m", "newsqa", "index", f"{site.url}/feed", "--index", str(tmp_path / "i")]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "--allow-private" in refused.stderr
    done = subprocess.run([*command, "--allow-private", "--json"], capture_output=True, text=True, check=True)
    (report,) = json.loads(done.stdout)["sources"]
    assert report["added"] == 2
