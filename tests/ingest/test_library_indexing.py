"""A source goes into the index, changes, and is indexed again: what is found is what the files say now."""

import json
import os
import stat
from datetime import date

import pytest
from word_embedder import WordEmbedder

from newsqa.errors import BusyError, LibraryError, ModelError, SourceError, UsageError
from newsqa.ingest.indexer import index_source, indexing_alone, rebuild_index, remove_source, rename_source
from newsqa.ingest.progress import IndexProgress
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.types import NO_BOUNDS, Bounds

FERRY = "The ferry Tern left Port Ossel at dawn with ninety passengers. It came back at dusk, the harbour office said."
BRIDGE = (
    "The bridge over the Lim will close in May, engineers said. Repairs take six weeks and cost two million crowns."
)
LONG = " ".join(
    f"Councillor {n} told the chamber that item {n} of the plan was settled in week {n}." for n in range(60)
)


@pytest.fixture
def settings(tmp_path):
    return Settings(index=tmp_path / "index")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "ferry.txt").write_text(FERRY)
    (folder / "bridge.txt").write_text(BRIDGE)
    return folder


def index(settings, source, **options):
    return index_source(settings, str(source), embedder=WordEmbedder(), **options)


def texts(settings):
    """Every article that is found by a word that stands in all of them, by its path."""
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        hits = snapshot.load_hits(snapshot.search_words(["the"], NO_BOUNDS, 1000))
        return {hit.article.path: hit.article.text for hit in hits}


def nearest(settings, question, bounds=NO_BOUNDS, limit=3):
    with open_index(settings, "words") as opened, opened.snapshot() as snapshot:
        ranked = snapshot.search_vectors(WordEmbedder().embed_query(question), bounds, limit)
        return [hit.article.path for hit in snapshot.load_hits(ranked)]


def test_words_and_vectors_find_what_was_indexed(settings, folder):
    report = index(settings, folder)
    assert (report.source, report.added, report.changed, report.removed) == ("news", 2, 0, 0)
    assert texts(settings) == {"news/ferry.txt": FERRY, "news/bridge.txt": BRIDGE}
    assert nearest(settings, "The bridge over the Lim")[0] == "news/bridge.txt"


def test_a_passage_is_a_span_of_its_article(settings, folder):
    (folder / "council.txt").write_text(LONG)
    index(settings, folder)
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        hits = snapshot.load_hits(snapshot.search_words(["councillor"], NO_BOUNDS, 50))
    assert len(hits) > 3
    assert all(hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end] for hit in hits)


def test_what_is_unchanged_costs_no_embedding(settings, folder):
    index(settings, folder)
    again = WordEmbedder()
    report = index_source(settings, str(folder), embedder=again)
    assert (report.added, report.changed, report.unchanged, again.embedded) == (0, 0, 2, 0)
    for path in folder.iterdir():
        os.utime(path, (1, 1))  # another time, the same words
    report = index_source(settings, str(folder), embedder=again)
    assert (report.added, report.changed, report.unchanged, again.embedded) == (0, 0, 2, 0)


def test_the_same_articles_give_the_same_digest(settings, folder, tmp_path):
    index(settings, folder)
    other = Settings(index=tmp_path / "other")
    index(other, folder)
    digests = []
    for each in (settings, other):
        with open_index(each) as opened, opened.snapshot() as snapshot:
            digests.append(snapshot.digest)
    assert digests[0] == digests[1]
    (folder / "ferry.txt").write_text(FERRY + " It rained.")
    index(settings, folder)
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        assert snapshot.digest != digests[0]


def test_an_edited_file_is_replaced_and_a_deleted_one_goes(settings, folder):
    index(settings, folder)
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        (before,) = snapshot.load_hits(snapshot.search_words(["ferry"], NO_BOUNDS, 5))
    (folder / "ferry.txt").write_text("The ferry Tern is cancelled until Friday, the harbour office said on Monday.")
    (folder / "bridge.txt").unlink()
    report = index(settings, folder)
    assert (report.added, report.changed, report.removed) == (0, 1, 1)
    with open_index(settings, "words") as opened, opened.snapshot() as snapshot:
        (after,) = snapshot.load_hits(snapshot.search_words(["ferry"], NO_BOUNDS, 5))
        assert snapshot.search_words(["dawn", "bridge"], NO_BOUNDS, 5) == []
        assert len(snapshot.search_vectors(WordEmbedder().embed_query("bridge"), NO_BOUNDS, 5)) == 1
    assert after.article.id == before.article.id
    assert "dawn" not in after.article.text


def test_a_file_edited_within_the_grain_of_its_time_is_noticed(settings, folder):
    path = folder / "ferry.txt"
    now = path.stat().st_mtime_ns
    index(settings, folder)
    path.write_text(FERRY.replace("dawn", "noon"))
    os.utime(path, ns=(now, now))
    index(settings, folder)
    assert "noon" in texts(settings)["news/ferry.txt"]


def test_another_source_removes_nothing(settings, folder, tmp_path):
    index(settings, folder)
    other = tmp_path / "more"
    other.mkdir()
    (other / "tram.txt").write_text("The tram to the old market runs again, the city said on Tuesday morning.")
    index(settings, other)
    assert set(texts(settings)) == {"news/ferry.txt", "news/bridge.txt", "more/tram.txt"}


def test_one_bad_file_is_told_and_the_rest_goes_in(settings, folder):
    (folder / "bad.json").write_bytes(b"\xff\xfe{not json")
    report = index(settings, folder)
    assert [problem.name.rpartition("/")[2] for problem in report.problems] == ["bad.json"]
    assert len(texts(settings)) == 2
    again = index(settings, folder)
    assert again.problems == report.problems  # told again, though it is not read again


def test_a_source_that_is_gone_or_emptied_removes_nothing(settings, folder):
    index(settings, folder)
    for path in list(folder.iterdir()):
        path.unlink()
    with pytest.raises(SourceError):
        index(settings, folder)
    folder.rmdir()
    with pytest.raises(SourceError):
        index(settings, folder)
    assert len(texts(settings)) == 2


def lines(path, *articles):
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    return path


def article(name, text, **known):
    return {"url": f"https://ledger.example/{name}", "title": name.title(), "text": text, **known}


def test_an_address_in_two_places_is_one_article_as_long_as_the_words_agree(settings, folder):
    one = lines(folder / "a.jsonl", article("ferry", FERRY))
    lines(folder / "b.jsonl", article("ferry", FERRY), article("bridge", BRIDGE))
    for path in folder.glob("*.txt"):
        path.unlink()
    index(settings, folder)
    assert sorted(texts(settings)) == ["news/a.jsonl#1", "news/b.jsonl#2"]
    one.unlink()
    report = index(settings, folder)
    assert report.removed == 0
    assert sorted(texts(settings)) == ["news/b.jsonl#1", "news/b.jsonl#2"]


def test_two_articles_under_one_address_are_both_kept(settings, folder):
    lines(folder / "a.jsonl", article("front", FERRY), article("front", BRIDGE))
    index(settings, folder)
    assert {"news/a.jsonl#1", "news/a.jsonl#2"} <= set(texts(settings))
    assert len(texts(settings)) == 4


def test_lines_that_move_keep_their_articles(settings, tmp_path):
    path = lines(tmp_path / "news.jsonl", article("ferry", FERRY), article("bridge", BRIDGE))
    index(settings, path)
    lines(path, article("tram", "The tram to the market runs again, the city said."), article("ferry", FERRY))
    again = WordEmbedder()
    index_source(settings, str(path), embedder=again)
    assert sorted(texts(settings)) == ["news.jsonl#1", "news.jsonl#2"]
    assert again.embedded == 1


def test_items_that_leave_a_feed_stay(settings, tmp_path):
    feed = tmp_path / "feed.xml"

    def write(*items):
        body = "".join(
            f"<item><title>{n}</title><guid>{n}</guid><description>{text}</description></item>" for n, text in items
        )
        feed.write_text(f'<?xml version="1.0"?><rss version="2.0"><channel><title>W</title>{body}</channel></rss>')

    write(("one", FERRY), ("two", BRIDGE))
    index(settings, feed)
    write(("three", "The tram to the old market runs again, the city said on Tuesday."), ("two", BRIDGE))
    report = index(settings, feed)
    assert (report.added, report.removed) == (1, 0)
    assert len(texts(settings)) == 3


def test_a_folder_and_a_folder_in_it_do_not_double_their_articles(settings, folder):
    inner = folder / "inner"
    inner.mkdir()
    (inner / "tram.txt").write_text("The tram to the old market runs again, the city said on Tuesday morning.")
    index(settings, inner)
    index(settings, folder)
    index(settings, inner / "tram.txt")
    assert sorted(texts(settings)) == ["inner/tram.txt", "news/bridge.txt", "news/ferry.txt"]
    remove_source(settings, "inner")
    assert len(texts(settings)) == 3


def test_an_index_inside_its_source_is_not_read(folder):
    settings = Settings(index=folder / "index")
    index(settings, folder)
    assert index(settings, folder).problems == ()
    assert len(texts(settings)) == 2


def test_what_is_piped_in_stays(settings, folder, monkeypatch):
    for name in ("ferry.txt", "bridge.txt", "ferry.txt"):
        with (folder / name).open() as piped:
            monkeypatch.setattr("sys.stdin", piped)
            index(settings, "-")
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        assert snapshot.coverage(NO_BOUNDS).articles == 2


def test_bounds_hold_for_words_and_vectors(settings, tmp_path):
    path = lines(
        tmp_path / "news.jsonl",
        article("ferry", FERRY, outlet="The Ledger", date="2031-03-01"),
        article("bridge", BRIDGE, outlet="Port Wire", date="2031-04-01"),
        article("undated", LONG, outlet="Port Wire"),
    )
    index(settings, path)
    with open_index(settings, "words") as opened, opened.snapshot() as snapshot:
        vector = WordEmbedder().embed_query("the")

        def both(bounds):
            words = snapshot.load_hits(snapshot.search_words(["the"], bounds, 20))
            near = snapshot.load_hits(snapshot.search_vectors(vector, bounds, 20))
            titles = {hit.article.title for hit in words}
            assert titles == {hit.article.title for hit in near}
            return titles

        assert both(Bounds(outlet="the  ledger")) == {"Ferry"}
        assert both(Bounds(outlet="Port Wire")) == {"Bridge", "Undated"}
        assert both(Bounds(since=date(2031, 3, 2))) == {"Bridge"}
        assert both(Bounds(until=date(2031, 4, 1))) == {"Ferry", "Bridge"}
        assert both(Bounds(until=date(2031, 4, 1), as_of=date(2031, 3, 1))) == {"Ferry"}
        assert both(Bounds(outlet="Nobody")) == set()
        coverage = snapshot.coverage(Bounds(since=date(2031, 1, 1)))
        assert (coverage.articles, coverage.undated, coverage.last) == (2, 1, date(2031, 4, 1))
        assert snapshot.lexicon.outlets == ("Port Wire", "The Ledger")


@pytest.mark.parametrize(
    "term", ['"', "*", "ferry*", "NEAR(a b)", "title:ferry", "^", "-", "a AND", "", "\0", "\ud800"]
)
def test_terms_are_data_and_never_syntax(settings, folder, term):
    index(settings, folder)
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        snapshot.search_words([term], NO_BOUNDS, 5)
        found = snapshot.load_hits(snapshot.search_words([term, "bridge"], NO_BOUNDS, 5))
    assert "news/bridge.txt" in {hit.article.path for hit in found}


def test_copies_of_a_story_know_each_other(settings, tmp_path):
    cut = LONG[: len(LONG) * 2 // 3]
    path = lines(
        tmp_path / "news.jsonl",
        article("wire", LONG, outlet="Port Wire"),
        article("ledger", "Our council reporter writes. " + LONG, outlet="The Ledger"),
        article("short", cut, outlet="Radio Lim"),
        article("ferry", FERRY, outlet="Port Wire"),
    )
    index(settings, path)
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        hits = snapshot.load_hits(snapshot.search_words(["councillor", "ferry"], NO_BOUNDS, 50))
    carried = {hit.article.title: {c.outlet for c in hit.also_carried_by} for hit in hits}
    assert carried == {
        "Wire": {"The Ledger", "Radio Lim"},
        "Ledger": {"Port Wire", "Radio Lim"},
        "Short": {"Port Wire", "The Ledger"},
        "Ferry": set(),
    }
    lines(path, article("wire", LONG, outlet="Port Wire"), article("ledger", BRIDGE, outlet="The Ledger"))
    index(settings, path)
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        hits = snapshot.load_hits(snapshot.search_words(["councillor", "bridge"], NO_BOUNDS, 50))
    assert all(hit.also_carried_by == () for hit in hits)


def test_copies_know_each_other_after_all_vectors_were_made_anew(settings, tmp_path):
    outlets = ("Port Wire", "The Ledger", "Radio Lim", "Norr Echo")
    path = lines(tmp_path / "news.jsonl", *(article(name[:4], LONG, outlet=name) for name in outlets))
    index(settings, path)
    rebuild_index(settings, embedder=WordEmbedder())
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        assert [len(snapshot.duplicates(one.article_id)) for one in snapshot.list_articles()] == [3] * 4


def test_a_line_that_an_outlet_repeats_is_left_out_also_of_earlier_articles(settings, tmp_path):
    folder = tmp_path / "ledger"
    folder.mkdir()
    footer = "Follow The Ledger of Port Ossel wherever you are"
    for number in range(12):
        (folder / f"{number}.txt").write_text(
            f"Item {number} of the plan was settled on day {number}, they said.\n\n{footer}\n"
        )
        if number == 1:
            index(settings, folder)
            assert all(footer in text for text in texts(settings).values())
    index(settings, folder)
    assert len(texts(settings)) == 12
    assert not any(footer in text for text in texts(settings).values())
    for number in range(2, 12):
        (folder / f"{number}.txt").unlink()
    index(settings, folder)
    assert all(footer in text for text in texts(settings).values())


TRAIN = [
    "A freight train left the rails near Varde on Tuesday morning, and the line to Skarn is closed.",
    "Nobody was hurt, and the driver was taken to Skarn for a check, the railway company said.",
    "The train carried 900 tonnes of gravel from the quarry at Lund.",
    "The line is used by forty trains a day.",
]
NEWS = [
    "A crane is on its way, a spokesman said at nine.",
    "Buses take passengers from Varde, the company said at ten.",
    "Police found a broken rail at noon, sixty metres before the place.",
    "The crane arrived at three and lifted the first of eleven wagons.",
    "Six wagons were back on the rails by seven, the company said.",
    "The line will reopen at six on Wednesday, the company said.",
]


@pytest.mark.parametrize("title", ["Train off the rails near Varde, update {n}", "{news}"])
def test_what_the_updates_of_a_story_share_stays(settings, tmp_path, title):
    footer = "Follow The Ledger of Port Ossel wherever you are"
    stories = {
        f"train{n}": (title.format(n=n, news=" ".join(news.split()[:4])), [news, *TRAIN]) for n, news in enumerate(NEWS)
    }
    stories |= {
        f"other{n}": (word, [f"The plan {n} was settled on day {n}, they said."])
        for n, word in enumerate(["Ferry", "Wolves", "School", "Harbour"])
    }
    for name, (heading, paragraphs) in stories.items():
        matter = f"---\ntitle: {heading}\noutlet: The Ledger\n---\n"
        (tmp_path / f"{name}.md").write_text(matter + "\n\n".join([*paragraphs, footer]) + "\n")
    index(settings, tmp_path)
    stored = texts(settings)
    assert len(stored) == len(stories)
    trains = [text for name, text in stored.items() if "train" in name]
    assert len(trains) == len(NEWS)
    assert all(line in text for text in trains for line in TRAIN)
    assert not any(footer in text for text in stored.values())


def test_sources_are_listed_renamed_and_removed(settings, folder, tmp_path):
    index(settings, folder)
    lines(tmp_path / "wire.jsonl", article("ferry", FERRY))
    index(settings, tmp_path / "wire.jsonl", name="wire")
    rename_source(settings, "news", "town")
    with open_index(settings) as opened, opened.snapshot() as snapshot:
        listed = [(source.name, source.files, source.articles) for source in snapshot.list_sources()]
    assert listed == [("town", 2, 2), ("wire", 1, 1)]
    assert "town/ferry.txt" in texts(settings)
    with pytest.raises(UsageError):
        rename_source(settings, "town", "wire")
    with pytest.raises(UsageError, match="no source"):
        remove_source(settings, "news")
    assert remove_source(settings, "town") == 2
    assert set(texts(settings)) == {"wire#1"}
    assert nearest(settings, "bridge") == ["wire#1"]


def test_another_embedder_is_refused_until_the_vectors_are_made_again(settings, folder):
    index(settings, folder)
    other = WordEmbedder("other", 8)
    with pytest.raises(LibraryError) as refused:
        index_source(settings, str(folder), embedder=other)
    assert "--rebuild" in refused.value.hint
    with pytest.raises(LibraryError), open_index(settings, "other"):
        pass
    (folder / "new.txt").write_text(LONG)
    with pytest.raises(LibraryError, match="width"):
        index_source(settings, str(folder), embedder=WordEmbedder("words", 8))
    assert len(texts(settings)) == 3  # its words are found all the same

    class Broken(WordEmbedder):
        def embed_query(self, text):
            raise ModelError(f"no: {text}")

    with pytest.raises(ModelError):
        rebuild_index(settings, embedder=Broken("broken"))
    index(settings, folder)  # what could not be made again is as it was
    rebuild_index(settings, embedder=other)
    with open_index(settings, "other") as opened, opened.snapshot() as snapshot:
        found = snapshot.load_hits(snapshot.search_vectors(other.embed_query(BRIDGE), NO_BOUNDS, 1))
    assert found[0].article.path == "news/bridge.txt"


def test_words_are_found_while_vectors_are_being_made(settings, folder):
    seen = []

    def look(progress: IndexProgress) -> None:
        if progress.phase == "embed" and not seen:
            seen.append(set(texts(settings)))
            assert nearest(settings, "bridge") == []

    index_source(settings, str(folder), look, embedder=WordEmbedder())
    assert seen == [{"news/ferry.txt", "news/bridge.txt"}]


def test_a_question_sees_one_generation(settings, folder):
    index(settings, folder)
    with open_index(settings, "words") as opened:
        with opened.snapshot() as snapshot:
            (folder / "ferry.txt").unlink()
            (folder / "tram.txt").write_text("The tram to the old market runs again, the city said on Tuesday.")
            index(settings, folder)
            hits = snapshot.load_hits(snapshot.search_words(["the"], NO_BOUNDS, 9))
            near = snapshot.load_hits(snapshot.search_vectors(WordEmbedder().embed_query("the"), NO_BOUNDS, 9))
            assert {h.article.path for h in hits} == {"news/ferry.txt", "news/bridge.txt"}
            assert {h.article.path for h in near} <= {"news/ferry.txt", "news/bridge.txt"}
        with opened.snapshot() as snapshot:
            near = snapshot.load_hits(snapshot.search_vectors(WordEmbedder().embed_query("the"), NO_BOUNDS, 9))
            assert {h.article.path for h in near} == {"news/tram.txt", "news/bridge.txt"}


def test_a_second_indexer_is_refused_and_told_who_holds_it(settings, folder):
    with indexing_alone(settings.index), pytest.raises(BusyError, match=str(os.getpid())):
        index(settings, folder)
    index(settings, folder)


def test_files_are_private_whatever_the_umask(settings, folder):
    before = os.umask(0)
    try:
        index(settings, folder)
    finally:
        os.umask(before)
    for path in [settings.index, *settings.index.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_an_index_that_is_missing_or_damaged_is_told_in_a_line(settings, folder):
    with pytest.raises(LibraryError, match="no index"):
        open_index(settings)
    index(settings, folder)
    (settings.index / "library.db").write_bytes(b"not a database" * 500)
    with pytest.raises(LibraryError, match="damaged"):
        open_index(settings)
    with pytest.raises(LibraryError, match="damaged"):
        index(settings, folder)


def test_indexing_a_hundred_times_takes_no_more_room(settings, folder, tmp_path):
    (folder / "council.txt").write_text(LONG)
    for turn in range(12):
        for path in folder.iterdir():
            path.write_text(f"{path.read_text()[:3000]} Turn {turn} is over, they said.")
        index(settings, folder)
    fresh = Settings(index=tmp_path / "fresh")
    index(fresh, folder)

    def size(each):
        return sum(path.stat().st_size for path in each.index.rglob("*") if path.is_file())

    assert size(settings) <= 2 * size(fresh)


def test_an_index_goes_with_its_source_to_another_place(settings, folder, tmp_path):
    index(settings, folder)
    moved = tmp_path / "elsewhere" / "news"
    moved.parent.mkdir()
    folder.rename(moved)
    again = WordEmbedder()
    report = index_source(settings, str(moved), embedder=again)
    assert (report.added, report.unchanged, again.embedded) == (0, 2, 0)
    assert len(texts(settings)) == 2
