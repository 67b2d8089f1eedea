"""Kill indexing with SIGKILL at fifty random moments, with files edited and added in between, and tell what was found.

    python benchmarks/kill_indexing.py [KILLS] [SEED]

After every kill the index is read: every article that was found before must be found still, once, with a text that its
file has or had. In the end an undisturbed run must leave exactly the files' texts, and embed nothing that was stored.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from newsqa import models
from newsqa.errors import LibraryError
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.types import NO_BOUNDS

FILES = 120
COMMAND = "import sys; from pathlib import Path; from newsqa import Settings; "
COMMAND += "from newsqa.ingest.indexer import index_source; "
COMMAND += "index_source(Settings(index=Path(sys.argv[1])), sys.argv[2])"


@dataclass(slots=True)
class Trial:
    """A folder of invented reports that changes, and the index that is made of it."""

    folder: Path
    settings: Settings
    versions: dict[str, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def write(self, number: int, version: int) -> None:
        """Write or edit one report."""
        sentences = (
            f"In report {number}, edition {version}, the harbour master saw {number * n + version} boats in basin {n}."
            for n in range(24)
        )
        path = self.folder / f"{number:04}.txt"
        path.write_text(" ".join(sentences))
        self.versions.setdefault(f"{self.folder.name}/{path.name}", set()).add(path.read_text())

    def found(self, question: list[float], model: str) -> dict[str, str]:
        """Return every article that words find, by path; note what should not be."""
        with open_index(self.settings, model) as opened, opened.snapshot() as snapshot:
            hits = snapshot.load_hits(snapshot.search_words(["harbour"], NO_BOUNDS, 100_000))
            near = snapshot.load_hits(snapshot.search_vectors(question, NO_BOUNDS, 20))
        articles = {hit.article.id: hit.article for hit in [*hits, *near]}
        twice = [path for path, n in Counter(article.path for article in articles.values()).items() if n > 1]
        strange = [a.path for a in articles.values() if a.text not in self.versions[a.path]]
        self.faults += [f"twice: {path}" for path in twice] + [f"not its file's text: {path}" for path in strange]
        return {article.path: article.text for article in articles.values()}


def kill_once(trial: Trial, longest: float) -> float:
    """Index in a process of its own, and kill it within `longest` seconds; return when."""
    moment = random.uniform(0.3, longest)
    process = subprocess.Popen([sys.executable, "-c", COMMAND, trial.settings.index, trial.folder])
    with suppress(subprocess.TimeoutExpired):
        process.wait(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return moment


def main(kills: int, seed: int) -> int:
    """Run the trial; return the number of faults."""
    random.seed(seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "reports"
        folder.mkdir()
        trial = Trial(folder, Settings(index=Path(scratch) / "index"))
        for number in range(FILES):
            trial.write(number, 0)
        embedder = models.create_embedder(trial.settings)
        question, model = embedder.embed_query("How many boats are in basin 7?"), models.embedder_fingerprint(embedder)
        known: dict[str, str] = {}
        for kill in range(1, kills + 1):
            moment = kill_once(trial, 12.0)
            with suppress(LibraryError):
                found = trial.found(question, model)
                trial.faults += [f"lost after kill {kill}: {path}" for path in known.keys() - found.keys()]
                known = found
            print(f"kill {kill:2} after {moment:5.2f} s: {len(known)} articles found, {len(trial.faults)} faults")
            for number in random.sample(range(FILES + kill), 3):
                trial.write(number, kill)
            trial.write(FILES + kill, kill)
        began = time.monotonic()
        last = index_source(trial.settings, str(folder))
        again = index_source(trial.settings, str(folder))
        wanted = {f"reports/{path.name}": path.read_text() for path in folder.iterdir()}
        if trial.found(question, model) != wanted:
            trial.faults.append("the last run left something else than the files hold")
        if again.embedded or again.added or again.changed:
            trial.faults.append("a run with nothing to do did something")
        print(f"then in {time.monotonic() - began:.1f} s: {len(wanted)} articles, {last.embedded} passages embedded")
    print("\n".join(trial.faults) or f"{kills} kills, no faults")
    return len(trial.faults)


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    sys.exit(bool(main(*(numbers + [50, 7][len(numbers) :]))))
