"""Lines of invented runs for the tests of scores: what is not told is as in a record that newsqa makes."""

from newsqa.evals.datasets.items import Gold, Item
from newsqa.evals.run_file import CitationCheck, IndexFacts, RunLine


def citation(n, quote, article="ferry"):
    return {"n": n, "article_id": article, "title": "A title", "outlet": "Tarn Herald", "quote": quote}


def cited(*sentences):
    """Sentences and citations of an answer in which each sentence is its own quote, from the article beside it."""
    citations = [citation(n, text, article) for n, (article, text) in enumerate(sentences, 1)]
    said = [{"text": text, "citations": [n], "support": 1.0} for n, (_, text) in enumerate(sentences, 1)]
    return {
        "text": " ".join(f"{text} [{n}]" for n, (_, text) in enumerate(sentences, 1)),
        "sentences": said,
        "citations": citations,
    }


def line(
    *,
    answers=(),
    gold=(),
    answerable=None,
    meta=None,
    rules=None,
    carriers=None,
    in_index=None,
    grounds=None,
    retrieved=(),
    judge=None,
    **fields,
):
    """Make a line; `retrieved` are pairs of article id and text, `gold` pairs of article id and quote or None."""
    item = Item(
        id="q",
        question="What?",
        answers=tuple(answers),
        answerable=answerable,
        gold=tuple(Gold(article_id=article, quote=quote) for article, quote in gold),
        meta=meta,
        rules=rules,
    )
    record = {
        "text": "",
        "refused": False,
        "error": None,
        "sentences": [],
        "citations": [],
        "confidence": 0.5,
        "config": "c0ffee",
        "retrieved": [{"article_id": article, "text": text} for article, text in retrieved],
        **fields,
    }
    true = [CitationCheck(exists=True, faithful=True) for _ in record["citations"]]
    known = IndexFacts(
        gold=tuple((article,) for article, _ in gold) if carriers is None else tuple(map(tuple, carriers)),
        answer_in_index=in_index,
        citations=tuple(true if grounds is None else grounds),
    )
    return RunLine(record, "key", (1, 1), item, known, judge)
