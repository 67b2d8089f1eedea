"""A small news site on loopback: pages, a feed, sitemaps and a robots.txt, and what it was asked for."""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

BODY = (
    "The harbour board of Tellin voted on Tuesday to close quay {n}. Engineers found cracks in its {n} piles.",
    "“We have been patching it since 1988,” said Mayor Ada Quill. She expects the work to cost {n} million crowns.",
    "Fishing boats move to the south quay on Monday, where they will share a single crane with the mail boat.",
)


def page(n):
    body = "".join(f"<p>{part.format(n=n)}</p>" for part in BODY)
    return (
        f'<!doctype html><html><head><title>Quay {n} to close | Tellin Post</title><meta property="og:site_name" '
        f'content="Tellin Post"><meta property="article:published_time" content="2025-03-0{n}T08:00:00Z"></head><body>'
        f"<main><article><h1>Quay {n} to close</h1>{body}</article></main></body></html>"
    ).encode()


@dataclass
class Site:
    """What each path answers: status, headers, body; and the requests that came, path with headers."""

    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    url: str = ""

    def put(self, path, body, kind="text/html; charset=utf-8", status=200, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (
            status,
            {"Content-Type": kind, **named},
            body if isinstance(body, bytes) else body.encode(),
        )

    def paths(self):
        return [path for path, _ in self.asked]

    def feed(self, *numbers):
        items = "".join(
            f"<item><title>Quay {n} to close</title><link>{self.url}/{n}</link><guid>{n}</guid>"
            f"<description>{BODY[0].format(n=n)}</description></item>"
            for n in numbers
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Tellin Post</title>{items}</channel></rss>'

    def sitemap(self, **days):
        entries = "".join(
            f"<url><loc>{self.url}/{path}</loc><lastmod>{day}</lastmod></url>" for path, day in days.items()
        )
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


@contextmanager
def news_site():
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append((self.path, headers))
            status, sent, body = site.answers.get(self.path, (404, {}, b"gone"))
            if sent.get("ETag") and headers.get("if-none-match") == sent["ETag"]:
                status, body = 304, b""
            if sent.get("Content-Encoding") == "gzip":
                body = gzip.compress(body)
            self.send_response(status)
            for name, value in {**sent, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
