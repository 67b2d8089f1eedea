"""An answer of two sentences with all that one can have, for tests of how answers are shown."""

from datetime import date

from newsqa.records import Answer, Article, Carrier, Citation, Dropped, Hit, Passage, Sentence

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
            citation(1, "It carries 4,000 carts a day.", carriers=(Carrier("cw-9", "Coastline Wire"),)),
            citation(2, "Nobody was hurt."),
        ),
        "retrieved": (Hit(passage, ARTICLE, 0.71234567),),
        "dropped": (Dropped("A cart fell.", "“fell” is in none of its quotes"),),
        "notices": ("2 articles of no known date were left out.",),
        "confidence": 0.8123456,
        "timings": {"total": 0.4},
    }
    return Answer(**{**fields, **changes})
