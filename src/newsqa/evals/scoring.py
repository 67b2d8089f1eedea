"""All metrics, the scores of a line by them, and how its question came out: right or missed, and where it went wrong.

A family of metrics is one module: its `METRICS` define them, and a function scores a line by all of them at once, since
they share what is costly. A metric that only a whole set has (`Metric.over`) measures its confidence and rightness.

Every miss falls in one bucket, the first that fits on the way of a question. Of one that is answerable:

| evidence in the index | retrieved    | treated                                    | bucket                 |
|-----------------------|--------------|--------------------------------------------|------------------------|
| no                    | no, unknown  | refused, or answered wrongly               | not in the index       |
| yes, unknown          | no           | refused, or answered wrongly               | not retrieved          |
| any                   | yes          | answered wrongly, not from the evidence    | retrieved but not used |
| any                   | yes          | answered wrongly, citing the evidence      | wrong answer           |
| yes, unknown          | unknown      | answered wrongly                           | wrong answer           |
| any                   | any          | answered rightly, but its citations do not | wrong citation         |
|                       |              | prove it                                   |                        |
| any                   | yes, unknown | refused                                    | wrongly refused        |

If a refusal is right, an answer is a wrong answer. A question with rules falls in the buckets of its rules
(`metrics/answers.py`), in their order. No miss: what was treated rightly, what nobody can judge, and what
failed, since there is no answer to judge; failures are counted by themselves.

- Evidence is retrieved if a passage that was retrieved holds the answer: it has an accepted one, or overlaps a gold
  quote. In a set with neither it is if an article of the gold was retrieved. It is in the index if it was retrieved, if
  an article of the gold is there, or, in a set without gold, if an accepted answer is in any article that may be seen.
  It is unknown if it was retrieved when another program does not show what it retrieves, and when the set names nothing
  to look for.
- An answer is from the evidence if one of its quotes holds the answer, in the same sense.
- Citations prove a right answer if they exist and quote to the letter, one of them is from an article of the gold or
  holds the answer, and each sentence that holds a part of it is supported by its quotes. In a set without answers to
  look for, one sentence that is supported is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from newsqa.evals.metrics import answers, citations, retrieval, selective
from newsqa.evals.metrics.answers import cites_gold, right
from newsqa.evals.metrics.base import Metric, answered
from newsqa.evals.metrics.citations import cited_sentences, cites
from newsqa.evals.metrics.retrieval import evidence
from newsqa.evals.run_file import Judgement, RunLine

if TYPE_CHECKING:
    from collections.abc import Mapping

METRICS = (
    *retrieval.METRICS,
    *answers.METRICS,
    *citations.METRICS,
    *selective.METRICS,
    *citations.JUDGED_METRICS,
    Metric("judge_correctness", "judge", "Correct, says a judge model", "Over answers that it was asked about."),
)
BY_NAME = {metric.name: metric for metric in METRICS}


def score(line: RunLine) -> dict[str, float]:
    """Score one line by every metric that it has by itself; a name missing does not apply to it.

    A line that failed scores as an answer with nothing in it. What a judge model said is taken as it is.
    """
    judge = line.judge or Judgement("")
    judged = {
        "citation_recall": judge.recall,
        "citation_precision": judge.precision,
        "judge_correctness": judge.correctness,
    }
    return {
        **retrieval.retrieval_scores(line),
        **answers.answer_scores(line),
        **answers.reader_scores(line),
        **citations.citation_scores(line),
        **selective.selective_scores(line),
        **{name: given for name, given in judged.items() if given is not None},
    }


Bucket = Literal[
    "not in the index", "not retrieved", "retrieved but not used", "wrong answer", "wrong citation", answers.Miss
]
"""Where a miss went wrong, in the order of the way of a question."""

Outcome = Literal["right", "missed", "failed", "not judged"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Reply = Literal["answered", "refused", "none"]
REPLIES: tuple[Reply, ...] = get_args(Reply)


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line with its scores (0 to 1, those that apply to it) and the bucket that it falls in, None if in none.

    `stated` is its confidence and 1.0 if it is right, else 0.0; NaN for what is not known.
    """

    line: RunLine
    scores: Mapping[str, float]
    bucket: Bucket | None
    stated: tuple[float, float]

    @property
    def outcome(self) -> Outcome:
        """How the question came out; not judged if the set does not say what is right."""
        if self.line.failed:
            return "failed"
        if self.bucket:
            return "missed"
        return "not judged" if right(self.line) is None else "right"

    @property
    def reply(self) -> Reply:
        """What came back."""
        return "none" if self.line.failed else "refused" if self.line.refused else "answered"

    @property
    def verdict(self) -> str:
        """The outcome for a person: the bucket of a miss, and if a refusal was right."""
        if self.outcome == "missed":
            return str(self.bucket)
        return "rightly refused" if self.outcome == "right" and self.line.refused else self.outcome


def score_line(line: RunLine) -> ScoredLine:
    """Score a line, and find its bucket."""
    scores = score(line)
    return ScoredLine(line, scores, bucket_of(line, scores), selective.stated(line))


def bucket_of(line: RunLine, scores: Mapping[str, float]) -> Bucket | None:
    """Return where a line went wrong, given its scores; None if it did not, or nobody can say."""
    treated_rightly = right(line)
    if line.failed or treated_rightly is None:
        return None
    if line.item.rules is not None:
        return answers.miss(line)
    if line.item.refusal_is_right:
        return None if treated_rightly else "wrong answer"
    if treated_rightly:
        return "wrong citation" if cites(line) and not _is_proved(line) else None
    return _miss(line, scores)


def _miss(line: RunLine, scores: Mapping[str, float]) -> Bucket:
    """Return the bucket of an answerable question that was refused or answered wrongly."""
    rank = scores.get("passage_mrr", scores.get("doc_mrr"))
    if not (rank or _may_be_in_index(line)):
        return "not in the index"
    if rank == 0:
        return "not retrieved"
    if not answered(line):
        return "wrongly refused"
    return "retrieved but not used" if rank and not _uses_evidence(line) else "wrong answer"


def _may_be_in_index(line: RunLine) -> bool:
    """Return True if the evidence is in the index, or nobody looked."""
    if line.known.gold:
        return any(line.known.gold)
    return line.known.answer_in_index is not False


def _uses_evidence(line: RunLine) -> bool:
    """Return True if a quote of the answer holds what was asked for."""
    wanted = evidence(line)
    if not wanted:
        return cites_gold(line)
    cited = line.record.get("citations") or ()
    return any(
        wanted.holds_answer(one.get("article_id") or "", wanted.normalize(one.get("quote") or "")) for one in cited
    )


def _is_proved(line: RunLine) -> bool:
    """Return True if the citations of a right answer prove it."""
    if any(not (check.exists and check.faithful) for check in line.known.citations or ()):
        return False
    if not (cites_gold(line) or _uses_evidence(line)):
        return False
    wanted, cited = evidence(line), cited_sentences(line)
    if not wanted.answers:
        return any(one.supported for one in cited)
    return all(one.supported for one in cited if wanted.has_part(wanted.normalize(one.text)))
