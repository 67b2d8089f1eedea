"""`newsqa watch` keeps folders and addresses up to date and says what came."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from threading import Timer

from news_site import news_site

FERRY = "The ferry Tern left Port Ossel at dawn with ninety passengers. It came back at dusk, the harbour office said."


@contextmanager
def watching(*arguments):
    """A running `newsqa watch`, whose lines can be read for a minute; it is interrupted in the end."""
    command = [sys.executable, "-u", "-m", "newsqa", "watch", *map(str, arguments)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    late = Timer(90, process.kill)
    late.start()
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
        late.cancel()
    assert process.returncode == 130, errors


def until(process, words):
    lines = []
    while line := process.stdout.readline():
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError(f"it ended without {words}: {lines} {process.stderr.read()}")


def test_a_folder_is_kept_up_to_date(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.md").write_text(f"---\ntitle: Tern sails\nsource: Ossel News\ndate: 2025-03-07\n---\n{FERRY}\n")
    with watching(folder, "--index", tmp_path / "index") as process:
        until(process, "+ Tern sails (Ossel News, 2025-03-07)")
        (folder / "b.txt").write_text("Ferry stays\n\n" + FERRY.replace("left", "never left"))
        assert any("1 new" in line for line in until(process, "+ Ferry stays"))
        (folder / "a.md").unlink()
        until(process, "1 removed")


def test_a_feed_is_asked_again(tmp_path):
    with news_site() as site:
        site.put("/feed", site.feed(1), "application/rss+xml")
        options = ("--index", tmp_path / "index", "--every", "0.02", "--allow-private", "--json")
        with watching(f"{site.url}/feed", *options) as process:
            assert json.loads(process.stdout.readline())["new"] == ["Quay 1 to close (Tellin Post)"]
            site.put("/feed", site.feed(1, 2), "application/rss+xml")
            report = {"new": []}
            while not report["new"]:
                report = json.loads(process.stdout.readline())
            assert report["new"] == ["Quay 2 to close (Tellin Post)"]
