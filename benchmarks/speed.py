"""Speed and memory, as `make bench` measures them: start-up, indexing, and questions over 20,000 passages.

    python benchmarks/speed.py [--runs 3] [--indexed 1500] [--searched 20000]

Each figure is the median of several runs, and each run is a process of its own, so that its memory is its own too. The
articles are made from the sentences of the sample corpus, shuffled and with other numbers. For the questions, the
vectors of passages are drawn at random (how long a search takes does not depend on what it finds); all else is the
program itself. Indexing is compared with the bare model over the same passages, in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEWSQA = Path(sys.executable).with_name("newsqa")
SENTENCES_AN_ARTICLE = 30
WARM_UP = 5


def main() -> None:
    """Measure everything, or with `--part` one thing, and print one line a figure."""
    options = _options()
    if options.part:
        print(json.dumps(PARTS[options.part](options)))
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        measure_start(work, options.runs)
        measure_indexing(work, options)
        measure_questions(work, options)


def measure_start(work: Path, runs: int) -> None:
    """Time `newsqa --help` and a cold `newsqa ask` over the sample corpus."""
    index = work / "sample"
    _run(str(NEWSQA), "index", str(ROOT / "corpus"), "--index", str(index))
    question = "How many people joined the march in support of the dockers?"
    for name, command in {
        "newsqa --help": (str(NEWSQA), "--help"),
        "newsqa ask, cold": (str(NEWSQA), "ask", question, "--index", str(index)),
    }.items():
        seconds = [_timed(*command) for _ in range(2 * runs + 1)]
        print(f"{name:28} {statistics.median(seconds):6.2f} s   (median of {len(seconds)})", flush=True)


def measure_indexing(work: Path, options: argparse.Namespace) -> None:
    """Compare indexing end to end with the bare model over the same passages, turn by turn."""
    source = work / "indexed.jsonl"
    passages = write_articles(source, options.indexed)
    ratios, memory, rates = [], [], []
    for _ in range(options.runs):
        bare = _part("bare", source, work)
        whole = _part("whole", source, work)
        ratios.append(bare["seconds"] / whole["seconds"])
        rates.append((passages / bare["seconds"], passages / whole["seconds"]))
        memory.append(whole["peak_mb"])
    bare_rate, whole_rate = (statistics.median(rate) for rate in zip(*rates, strict=True))
    print(f"{'indexing / bare model':28} {statistics.median(ratios):6.1%}   ({_several(ratios, '.1%')})")
    print(f"{'  passages a second':28} {whole_rate:6.1f}     (bare model {bare_rate:.1f}; {passages} passages)")
    print(f"{'  peak resident':28} {max(memory):6.0f} MB", flush=True)


def measure_questions(work: Path, options: argparse.Namespace) -> None:
    """Ask the questions of the sample set over many passages, warm."""
    source = work / "searched.jsonl"
    passages = write_articles(source, options.searched)
    _part("stock", source, work)
    asked = [_part("ask", source, work) for _ in range(options.runs)]
    for name in ("p50", "p95"):
        seconds = [run[name] for run in asked]
        print(f"{f'a question, {name}':28} {statistics.median(seconds):6.2f} s   ({_several(seconds, '.2f')})")
    print(f"{'  resident':28} {max(run['rss_mb'] for run in asked):6.0f} MB   (over {passages} passages)", flush=True)


def write_articles(path: Path, wanted: int) -> int:
    """Write articles of about `wanted` passages in all; return how many passages they are cut into."""
    from newsqa.ingest.readers.registry import read_file
    from newsqa.ingest.scan import scan
    from newsqa.text.sentences import passage_spans, sentence_spans

    texts = [article.text for found in scan(str(ROOT / "corpus")) for article in _articles(read_file, found)]
    pool = sorted({text[a:b] for text in texts for a, b in sentence_spans(text) if len(text[a:b].split()) > 8})
    chance = random.Random(wanted)
    passages = 0
    with path.open("w", encoding="utf-8") as file:
        for n in range(wanted):
            text = _article(chance, pool)
            passages += len(passage_spans(text))
            day = f"2025-{chance.randint(1, 4):02}-{chance.randint(1, 28):02}"
            story = {"title": f"Story {n}", "text": text, "published": day, "outlet": f"Outlet {n % 7}"}
            file.write(json.dumps(story) + "\n")
            if passages >= wanted:
                break
    return passages


def _article(chance: random.Random, pool: list[str]) -> str:
    sentences = [
        re.sub(r"\d", lambda _: str(chance.randint(1, 9)), s) for s in chance.sample(pool, SENTENCES_AN_ARTICLE)
    ]
    return "\n\n".join(" ".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5))


def _articles(read_file, found):  # noqa: ANN001, ANN202
    return [item for item in read_file(found) if hasattr(item, "text")]


def bare(options: argparse.Namespace) -> dict[str, float]:
    """Run the embedder alone: passages sorted by length, in batches of 16, two threads."""
    from newsqa import models
    from newsqa.settings import Settings
    from newsqa.text.sentences import embedding_text, passage_spans

    articles = [json.loads(line) for line in Path(options.source).read_text("utf-8").splitlines()]
    texts = [
        embedding_text(article["title"], article["text"][a:b])
        for article in articles
        for a, b in passage_spans(article["text"])
    ]
    texts.sort(key=len)
    embedder = models.create_embedder(Settings(threads=2))
    embedder.embed_query("warm")
    began = time.perf_counter()
    for at in range(0, len(texts), 16):
        embedder.embed_documents(texts[at : at + 16])
    return {"seconds": time.perf_counter() - began}


def whole(options: argparse.Namespace) -> dict[str, float]:
    """Index end to end: read, store, embed, bring Chroma up to date."""
    import shutil

    from newsqa.ingest.indexer import index_source
    from newsqa.settings import Settings

    folder = Path(options.work) / "index-whole"
    shutil.rmtree(folder, ignore_errors=True)
    began = time.perf_counter()
    index_source(Settings(index=folder, threads=2), options.source)
    return {"seconds": time.perf_counter() - began, "peak_mb": _peak_mb()}


def stock(options: argparse.Namespace) -> dict[str, float]:
    """Index with random vectors, which cost nothing to make."""
    import numpy as np

    from newsqa import models
    from newsqa.ingest.indexer import index_source
    from newsqa.models.encoders import OnnxEmbeddings
    from newsqa.settings import Settings

    class RandomVectors(OnnxEmbeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            drawn = np.random.default_rng(len(texts)).standard_normal((len(texts), 384))
            return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).tolist()

    settings = Settings(index=Path(options.work) / "index-asked")
    real = models.create_embedder(settings)
    assert isinstance(real, OnnxEmbeddings)
    report = index_source(settings, options.source, embedder=RandomVectors(real.name, real.encoder))
    return {"seconds": report.seconds}


def ask(options: argparse.Namespace) -> dict[str, float]:
    """Ask each question of the sample set once, after a few to warm up."""
    import psutil

    from newsqa.building import open_pipeline
    from newsqa.settings import Settings

    lines = (ROOT / "tests" / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    seconds = []
    with open_pipeline(Settings(index=Path(options.work) / "index-asked", threads=2)) as desk:
        for question in questions[:WARM_UP] + questions:
            began = time.perf_counter()
            desk.ask(question)
            seconds.append(time.perf_counter() - began)
        rss = psutil.Process().memory_info().rss / 2**20
    cuts = statistics.quantiles(seconds[WARM_UP:], n=20)
    return {"p50": cuts[9], "p95": cuts[18], "rss_mb": rss}


PARTS = {"bare": bare, "whole": whole, "stock": stock, "ask": ask}


def _peak_mb() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _part(name: str, source: Path, work: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", name, "--source", str(source), "--work", str(work)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=_quiet())
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _timed(*command: str) -> float:
    began = time.perf_counter()
    _run(*command)
    return time.perf_counter() - began


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, env=_quiet())


def _quiet() -> dict[str, str]:
    """Return the environment without settings of newsqa, which would change what is measured."""
    return {key: value for key, value in os.environ.items() if not key.startswith("NEWSQA_")}


def _several(figures: list[float], form: str) -> str:
    return "runs: " + ", ".join(format(figure, form) for figure in figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="runs a figure")
    parser.add_argument("--indexed", type=int, default=1500, help="passages to index")
    parser.add_argument("--searched", type=int, default=20_000, help="passages to search")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--source", help=argparse.SUPPRESS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
