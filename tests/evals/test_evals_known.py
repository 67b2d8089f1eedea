"""The index tells which articles a set's gold is, whether an answer stands anywhere, and whether citations are true."""

import json
from contextlib import contextmanager
from datetime import date

import pytest
from word_embedder import WordEmbedder

from newsqa.evals.datasets import read_set
from newsqa.evals.datasets.items import Gold, Item
from newsqa.evals.gold import check_citation, gold_warnings, index_facts
from newsqa.evals.run_file import CitationCheck
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from places import CORPUS, SAMPLE_QUESTIONS

STORY = (
    "The lighthouse at Cape Ansell was switched off on Thursday night after 140 years of service. Its keeper, Joren "
    "Maddock, climbed the tower's 187 steps for the last time at nine in the evening. “I shall miss the fog,” he said. "
    "The coast guard said that 212 ships had steered by it last year, most of them at night."
)
ARTICLES = [
    {"title": "Lighthouse goes dark", "outlet": "Tarn Herald", "published": "2025-05-02", "text": STORY},
    {"title": "A light goes out", "outlet": "Sound Post", "published": "2025-05-04", "text": STORY},
    {"title": "Cheese festival", "published": "2025-05-10", "text": "Some 9,400 people came to the festival in Ostby."},
    {"title": "Old landing", "text": "The old ferry landing at Wick lies behind the boathouse, said Runa Selbach."},
]
URLS = ["https://www.tarn-herald.example/2025/lighthouse/?utm_source=feed", "http://sound-post.example/light"]


@contextmanager
def snapshot(folder):
    with open_index(Settings(index=folder)) as opened, opened.snapshot() as index:
        yield index


def indexed(folder, source, *more):
    for one in (source, *more):
        index_source(Settings(index=folder), str(one), embedder=WordEmbedder())
    return folder


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index of a folder with a story and its copy, a dated article and an undated one in a file of two."""
    root = tmp_path_factory.mktemp("known")
    news = root / "news"
    (news / "may").mkdir(parents=True)
    for number, url in enumerate(URLS):
        (news / "may" / f"{number}.json").write_text(json.dumps({**ARTICLES[number], "url": url}))
    (news / "rest.jsonl").write_text("\n".join(map(json.dumps, ARTICLES[2:])))
    with snapshot(indexed(root / "index", news)) as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(index):
    paths = ("news/may/0.json", "news/may/1.json", "news/rest.jsonl#1", "news/rest.jsonl#2")
    return [index.find_by_path(path)[0] for path in paths]


def gold_of(index, item=None, **gold):
    return index_facts(item or Item("a", "x", gold=(Gold(**gold),)), {}, index).gold[0]


# --- gold ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["news/may/0.json", "./news/may/0.json", "may/0.json", "0.json", "/elsewhere/news/may/0.json", "news\\may\\0.json"],
)
def test_a_path_is_found_however_much_of_it_is_written(index, ids, path):
    assert gold_of(index, path=path) == (ids[0], ids[1])  # the copy carries it too


@pytest.mark.parametrize(
    "url",
    [
        "https://www.tarn-herald.example/2025/lighthouse/?utm_source=feed",
        "http://tarn-herald.example/2025/lighthouse",
        "https://TARN-herald.example:443/2025/lighthouse/#top",
        "https://www.tarn-herald.example/2025/lighthouse?fbclid=x&utm_medium=y",
    ],
)
def test_an_address_is_found_however_it_is_written(index, ids, url):
    assert gold_of(index, url=url) == (ids[0], ids[1])


@pytest.mark.parametrize(
    "gold",
    [
        {"path": "may/7.json"},
        {"path": "june/0.json"},
        {"path": ""},
        {"path": "rest.jsonl#3"},
        {"url": "https://tarn-herald.example/2025/lighthouse?page=2"},
        {"url": "http://[::1"},
        {"article_id": "0000"},
        {"quote": "These words stand in no article."},
    ],
)
def test_what_is_not_in_the_index_is_carried_by_nothing(index, gold):
    item = Item("a", "x", gold=(Gold(**gold),))
    assert index_facts(item, {}, index).gold == ((),)
    assert "not in the index" in gold_warnings([item], index)[0]


def test_an_id_and_a_quote_name_articles_too(index, ids):
    assert gold_of(index, article_id=ids[2]) == (ids[2],)
    assert gold_of(index, quote="some 9400 people came — to the Festival") == ()
    assert gold_of(index, quote="SOME 9,400 people came: to the Festival") == (ids[2],)
    assert gold_of(index, quote="he climbed the boathouse", article_id=ids[3]) == (ids[3],)


def test_one_of_a_file_of_many_is_told_by_number_or_quote(index, ids):
    assert gold_of(index, path="rest.jsonl#2") == (ids[3],)
    assert gold_of(index, path="rest.jsonl", quote="old ferry landing at Wick") == (ids[3],)
    whole = Item("a", "x", gold=(Gold(path="rest.jsonl"),))
    assert index_facts(whole, {}, index).gold == ((ids[2], ids[3]),)
    assert "several articles stand there" in gold_warnings([whole], index)[0]


def test_what_came_later_and_what_has_no_date_is_hidden_by_as_of(index, ids):
    def seen(day, number):
        item = Item("a", "x", as_of=day, gold=(Gold(article_id=ids[number]),))
        return index_facts(item, {}, index).gold[0]

    assert seen(date(2025, 5, 4), 0) == (ids[0], ids[1])
    assert seen(date(2025, 5, 3), 0) == (ids[0],)  # its copy came a day later
    assert seen(date(2025, 5, 1), 0) == ()
    assert seen(date(2025, 5, 30), 3) == ()
    hidden = Item("a", "x", as_of=date(2025, 5, 1), gold=(Gold(article_id=ids[0]),))
    assert "published after “as_of”: a" in gold_warnings([hidden], index)[0]
    assert gold_warnings([Item("a", "x", as_of=hidden.as_of, gold=hidden.gold, answerable=False)], index) == []


def test_a_quote_that_its_article_does_not_hold_is_told(index, ids):
    items = [
        Item("good", "x", gold=(Gold(path="0.json", quote="187 steps for the last time"),)),
        Item("bad", "y", gold=(Gold(path="0.json", quote="186 steps for the last time"),)),
    ]
    assert gold_warnings(items, index) == ["Gold, 1 of 2: its quote is not in the article: bad (0.json)"]
    assert index_facts(items[1], {}, index).gold == ((ids[0], ids[1]),)


def test_doubts_name_the_first_and_count_the_rest(index):
    items = [Item(f"q{n}", "the same", gold=(Gold(path=f"gone-{n}.md"),)) for n in range(9)]
    repeated, lost = gold_warnings(items, index)
    assert repeated == "Questions, 8 of 9: asked before in the same words: q1, q2, q3 and 5 more"
    assert lost.startswith("Gold, 9 of 9: not in the index: q0 (gone-0.md), q1")
    assert lost.endswith("and 6 more")


# --- answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "stands"),
    [
        ((), None),
        (("187",), True),
        (("87",), False),
        (("14", "212 ships"), True),
        (("Joren Maddock’s", "joren maddock"), True),
        ((("Joren Maddock", "Runa Selbach"),), True),
        ((("Joren Maddock", "Nobody Else"),), False),
        (("It was switched off because " + "nobody needed it any more " * 5,), None),
    ],
)
def test_an_answer_stands_in_the_index_or_not(index, answers, stands):
    assert index_facts(Item("a", "x", answers=answers), {}, index).answer_in_index is stands


def test_an_answer_that_is_hidden_does_not_stand(index):
    assert index_facts(Item("a", "x", ("9,400",), as_of=date(2025, 5, 9)), {}, index).answer_in_index is False
    assert index_facts(Item("a", "x", ("9,400",), as_of=date(2025, 5, 10)), {}, index).answer_in_index is True


# --- citations ----------------------------------------------------------------------------------------------------


@pytest.fixture
def citation(index, ids):
    article = index.article(ids[0])
    start = article.text.index("Its keeper")
    end = article.text.index("“I shall")
    return {
        "n": 1,
        "article_id": ids[0],
        "title": article.title,
        "outlet": article.outlet,
        "published": "2025-05-02",
        "url": article.url,
        "path": article.path,
        "quote": article.text[start:end],
        "start": start,
        "end": end,
    }


def test_a_true_citation_exists_and_is_faithful(index, citation):
    record = {"citations": [citation]}
    assert index_facts(Item("a", "x"), record, index).citations == (CitationCheck(exists=True, faithful=True),)


@pytest.mark.parametrize(
    ("change", "exists", "faithful"),
    [
        ({"article_id": "0000"}, False, False),
        ({"title": "Another title"}, False, True),
        ({"outlet": None}, False, True),
        ({"published": "2025-05-03"}, False, True),
        ({"url": "https://tarn-herald.example/other"}, False, True),
        ({"quote": "Its keeper"}, True, False),
        ({"quote": ""}, True, False),
        ({"quote": 7}, True, False),
        ({"start": 0}, True, False),
        ({"start": -5, "end": -1}, True, False),
        ({"start": "1"}, True, False),
        ({"end": 10**9}, True, False),
    ],
)
def test_a_citation_that_was_touched_is_found_out(index, citation, change, exists, faithful):
    assert check_citation({**citation, **change}, index) == CitationCheck(exists, faithful)


def test_a_citation_of_another_assistant_is_compared_by_what_it_says(index):
    url = "http://tarn-herald.example/2025/lighthouse"
    assert check_citation({"url": url, "quote": "I shall miss the fog"}, index) == CitationCheck(
        exists=False, faithful=True
    )
    path = {"path": "0.json", "title": "Lighthouse goes dark"}
    assert check_citation({**path, "quote": "I shall miss the fog"}, index) == CitationCheck(exists=True, faithful=True)
    assert check_citation({**path, "quote": "I will miss the fog"}, index) == CitationCheck(exists=True, faithful=False)
    assert check_citation({"quote": "I shall miss the fog"}, index) == CitationCheck(exists=False, faithful=False)


# --- whole sets ---------------------------------------------------------------------------------------------------


def test_all_gold_of_the_sample_questions_is_in_an_index_of_the_sample_articles(tmp_path):
    items = read_set(SAMPLE_QUESTIONS)
    with snapshot(indexed(tmp_path / "index", CORPUS)) as opened:
        assert gold_warnings(items, opened) == []
        found = [index_facts(item, {}, opened) for item in items]
    assert all(all(one.gold) for one in found)
    assert [one.answer_in_index for one, item in zip(found, items, strict=True) if item.answers] == [True] * 45


@pytest.mark.parametrize("source", ["harbour", "harbour/corpus.jsonl"])
def test_gold_in_a_line_of_a_folder_is_found_and_its_questions_are_no_articles(tmp_path, source):
    folder = tmp_path / "harbour"
    (folder / "qrels").mkdir(parents=True)
    articles = [{"_id": f"d{n}", "title": one["title"], "text": one["text"]} for n, one in enumerate(ARTICLES)]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, articles)))
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "How many people came to the cheese festival?"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\n")
    item = Item("q1", "How many people came?", gold=(Gold(path="harbour/corpus.jsonl#3"),))
    with snapshot(indexed(tmp_path / "index", tmp_path / source)) as opened:
        ((article,),) = index_facts(item, {}, opened).gold
        assert opened.article(article).title == "Cheese festival"
        assert opened.find_phrase("How many people came to the cheese festival") == []


def test_a_copy_of_the_articles_elsewhere_does_not_confuse_paths(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name / "news").mkdir(parents=True)
        (tmp_path / name / "news" / "a.txt").write_text(f"The {name} festival in Ostby drew {len(name)},000 people.")
    folder = indexed(tmp_path / "index", tmp_path / "first" / "news", tmp_path / "second" / "news")
    with snapshot(folder) as opened:
        texts = [opened.article(name).text for name in opened.find_by_path("second/news/a.txt")]
        assert [text.split()[1] for text in texts] == ["second"]
        assert len(opened.find_by_path("a.txt")) == 2
        assert opened.article(opened.find_by_path("news/a.txt")[0]).text.split()[1] == "first"  # as it is stored
