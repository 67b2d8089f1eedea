"""An invented run with a question of every kind: right, each way to miss, failed, not to be judged, hostile."""

from dataclasses import replace

from newsqa.evals.datasets.items import Gold, HistoryMessage, Item
from newsqa.evals.run_file import CitationCheck, IndexFacts, Judgement, RunLine

LEFT = "The ferry Alkmene left Tolver at 7.25 a.m. with 312 people aboard."
FERRY = f"{LEFT}\n\nHer captain, Ebba Rask, said the fog was thin."
TRAM = "The tram line to Ostby opens on Friday. It cost 41 million crowns."
MILL = "The old mill at Wick was sold to a baker. He paid nothing for the stones."
TEXTS = {"ferry": FERRY, "tram": TRAM, "mill": MILL}

SCRIPT = "</script><script>window.owned = 1</script>"
IMAGE = '"><img src=x onerror="window.owned = 1">'
COMMENT = "<!-- <b>not bold</b> {{ 7 * 7 }} | @mayor #12 `code` www.evil.example"
TURNED = "ab\u202ecd\u2028ef\x1b[2J\x00\ud800gh"


def citation(article, quote, n=1, **fields):
    start = max(TEXTS[article].find(quote), 0)
    return {
        "n": n,
        "article_id": article,
        "title": f"About the {article}",
        "outlet": "Tarn Herald",
        "published": "2025-04-21",
        "url": f"https://tarn-herald.example/{article}",
        "path": f"news/{article}.md",
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "also_carried_by": [],
        **fields,
    }


def passage(article, score=1.0):
    text = TEXTS[article]
    url = f"https://tarn-herald.example/{article}"
    place = {"article_id": article, "url": url, "path": f"news/{article}.md"}
    return {**place, "start": 0, "end": len(text), "score": score, "text": text}


def record(question, text="", citations=(), retrieved=("ferry", "tram"), **fields):
    sentences = [{"text": text, "citations": [c["n"] for c in citations], "support": 1.0}] if citations else []
    return {
        "id": None,
        "question": question,
        "standalone": question,
        "asked": "2025-04-22",
        "as_of": None,
        "refused": False,
        "reason": None,
        "incomplete": False,
        "error": None,
        "text": text,
        "sentences": sentences,
        "citations": list(citations),
        "retrieved": [passage(article, 2.0 - n) for n, article in enumerate(retrieved)],
        "dropped": [],
        "notices": [],
        "confidence": 0.8,
        "model": "extractive",
        "index": "f00d",
        "config": "cafe",
        "timings": {"retrieve": 0.02, "answer": 0.05, "total": 0.07},
        "usage": {"input_tokens": 0, "output_tokens": 0, "cost": 0.0},
        **fields,
    }


def line(item, made, gold=(), *, in_index=None, true=True):
    grounds = tuple(CitationCheck(exists=true, faithful=true) for _ in made["citations"])
    known = IndexFacts(gold=gold, answer_in_index=in_index, citations=grounds)
    return RunLine({**made, "id": item.id}, f"key-{item.id}", (0, 0), item, known)


def refusal(question, retrieved=("tram", "mill")):
    return record(question, "The articles do not answer this.", (), retrieved, refused=True, reason="no_evidence")


def run():
    """Return the lines of the run, in their order."""
    lines = [*_plain(), _hostile()]
    places = [(number, len(lines)) for number in range(1, len(lines) + 1)]
    return [replace(one, place=place) for one, place in zip(lines, places, strict=True)]


def _plain():
    ferry = (Gold(path="news/ferry.md", quote=LEFT),)
    left = citation("ferry", LEFT)
    when = "When did the ferry leave Tolver?"
    yield line(Item("ferry-time", when, ("7.25 a.m.",), gold=ferry, tags=("time",)), _said(when, left), (("ferry",),))
    who = "Who is the captain of the Alkmene?"
    cost = citation("tram", "It cost 41 million crowns.")
    asked = Item("captain", who, ("Ebba Rask", ("Rask", "Alkmene")), tags=("person", "time"))
    judge = Judgement("hostile </script> judge", recall=0.5, correctness=0.0, fault="It spoke <b>in riddles</b>.")
    captain = line(asked, {**_said(who, cost), "dropped": [{"text": "She is 90.", "why": "number 90 is in no quote"}]})
    yield replace(captain, judge=judge)
    how = "How many people were aboard?"
    yield line(Item("aboard", how, ("312",), tags=("number",)), refusal(how, ("tram", "ferry")), in_index=True)
    where = "Where was the mill sold?"
    yield line(Item("mill", where, ("Wick",), tags=("place",)), refusal(where, ("tram",)), in_index=True)
    moon = "Who sold the moon?"
    yield line(Item("moon", moon, ("Nobody at all",), tags=("person",)), refusal(moon), in_index=False)
    rocket = "When was the rocket launched?"
    yield line(Item("rocket", rocket, answerable=False, tags=("time",)), refusal(rocket))
    broken = "What did the model say?"
    yield line(Item("broken", broken, ("x",)), record(broken, error="The model did not answer.", retrieved=()))
    history = (HistoryMessage("user", "Tell me of the tram."), HistoryMessage("assistant", "It opens on Friday."))
    open_one = "And what is the tram like?"
    cited = citation("tram", "The tram line to Ostby opens on Friday.")
    yield line(
        Item("open", open_one, history=history), _said(open_one, cited, standalone="What is the tram line like?")
    )


def _said(question, *citations, **fields):
    sure = len(question) / 50  # so that no two are equally so
    return record(question, citations[0]["quote"], citations, ("tram", "ferry"), confidence=sure, **fields)


def _hostile():
    question = f"Is it {SCRIPT} or {COMMENT}?"
    cited = citation("ferry", IMAGE, title=SCRIPT, outlet=COMMENT, url="javascript:window.owned=1", start=0, end=9)
    other = citation(
        "tram", TURNED, n=2, title=None, path=SCRIPT, url='https://tarn.example/"onmouseover="x', start=None
    )
    made = record(question, f"{IMAGE} {TURNED}", (cited, other), standalone=SCRIPT, notices=[SCRIPT], model=SCRIPT)
    made["retrieved"][0]["text"] = f"{SCRIPT} {TURNED} {IMAGE}"
    made["retrieved"][1]["url"] = "http://[::broken"
    made["dropped"] = [{"text": SCRIPT, "why": IMAGE}]
    made["timings"] = {SCRIPT: 0.5, "total": 0.5}
    item = Item(
        f"id {SCRIPT}|`", question, (SCRIPT,), tags=(f"tag {SCRIPT}|$x$",), gold=(Gold(url=SCRIPT, quote=IMAGE),)
    )
    return line(item, made, ((),), true=False)
