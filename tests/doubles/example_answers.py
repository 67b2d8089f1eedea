"""An article and an answer about it, as renderings show them."""

from dataclasses import replace
from datetime import date

from newsqa.render.wording import nearest_sentence
from newsqa.text.sentences import compose_text
from newsqa.types import Answer, Article, Citation, Dropped, Duplicate, Hit, Nearest, Passage, Sentence

ARTICLE = Article(
    "or-1",
    "The bridge at Sel closed on Monday.\n\nIt carries 4,000 carts a day. Nobody was hurt.",
    "corpus/or/bridge.md",
    "Bridge [/b] {x} {{ closed",
    "Orrinport Courier",
    "Mirren Oake",
    date(2025, 3, 4),
    "https://courier.example/bridge",
)


def citation(n, quote, article=ARTICLE, carriers=()):
    start = article.text.index(quote)
    known = (article.title, article.outlet, article.published, article.url, article.path)
    return Citation(n, article.id, *known, quote, start, start + len(quote), carriers)


def an_answer(**changes):
    passage = Passage(7, ARTICLE.id, 0, 35, ARTICLE.text[:35])
    fields = {
        "question": "how many carts cross the bridge?",
        "standalone": "how many carts cross the bridge?",
        "asked": date(2025, 4, 1),
        "text": "It carries 4,000 carts a day. [1] Nobody was hurt. [2]",
        "sentences": (Sentence("It carries 4,000 carts a day.", (1,), 1.0), Sentence("Nobody was hurt.", (2,), 0.93)),
        "citations": (
            citation(1, "It carries 4,000 carts a day.", carriers=(Duplicate("cw-9", "Coastline Wire"),)),
            citation(2, "Nobody was hurt."),
        ),
        "retrieved": (Hit(passage, ARTICLE, 0.71234567),),
        "dropped": (Dropped("A cart fell.", "“fell” is in none of its quotes"),),
        "notices": ("2 articles of no known date were left out.",),
        "confidence": 0.8123456,
        "timings": {"total": 0.4},
    }
    return Answer(**{**fields, **changes})


NEAREST = tuple(
    Nearest(
        f"or-{n}",
        f"Quay {n} full",
        "Orrinport Courier",
        date(2025, 3, n),
        None if n == 2 else "https://courier.example/quay",
        "corpus/or/quay.md",
        f"Quay {n} was full on Monday, the harbour master said.",
    )
    for n in (1, 2, 3)
)


def a_refusal(**changes):
    nothing = {"sentences": (), "citations": (), "dropped": (), "notices": (), "retrieved": ()}
    text = f"The articles do not answer this. {nearest_sentence(NEAREST[0])} 3 articles searched."
    fields = {"kind": "refusal", "refused": True, "reason": "no_evidence", "text": text, "nearest": NEAREST}
    return an_answer(**nothing, **{**fields, **changes})


def a_timeline():
    later = replace(ARTICLE, id="or-2", published=date(2025, 3, 14))
    citations = (citation(1, "It carries 4,000 carts a day."), citation(2, "Nobody was hurt.", later))
    sentences = (
        Sentence("It carries 4,000 carts a day.", (1,), 1.0, marks=((11, 16),)),
        Sentence("Nobody was hurt.", (2,), 0.93),
    )
    text = compose_text("timeline", sentences, citations)
    return an_answer(kind="timeline", sentences=sentences, citations=citations, text=text)
