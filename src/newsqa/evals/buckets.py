"""Where a question went wrong: every miss falls in one bucket, the first that fits on the way of a question.

Of a question that is answerable:

| evidence in the index | retrieved    | treated                                    | bucket                 |
|-----------------------|--------------|--------------------------------------------|------------------------|
| no                    | no, unknown  | refused, or answered wrongly               | not in the index       |
| yes, unknown          | no           | refused, or answered wrongly               | not retrieved          |
| any                   | yes          | answered wrongly, not from the evidence    | retrieved but not used |
| any                   | yes          | answered wrongly, citing the evidence      | wrong answer           |
| yes, unknown          | unknown      | answered wrongly                           | wrong answer           |
| any                   | any          | answered rightly, but its citations do not | wrong citation         |
|                       |              | carry it                                   |                        |
| any                   | yes, unknown | refused                                    | wrongly refused        |

Of one where a refusal is right: answered is a wrong answer. No miss: what was treated rightly, what nobody can tell
right from wrong, and what failed, since there is no answer to judge; failures are counted by themselves.

- Evidence is retrieved where a passage that was retrieved bears the answer: it holds an accepted one, or overlaps a
  gold quote. In a set with neither it is where an article of the gold was retrieved. It is in the index where it was
  retrieved, where an article of the gold is there, or, in a set without gold, where an accepted answer stands in any
  article that may be seen. Whether it was retrieved is unknown where another program does not show what it retrieves,
  and where the set names nothing to look for.
- An answer is from the evidence where one of its quotes bears the answer, in the same sense.
- Citations carry a right answer where they exist and quote to the letter, one of them is from an article of the gold
  or bears the answer, and each sentence that holds a part of it is supported by its quotes. In a set without answers
  to look for, one sentence that is supported is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.metrics.answers import cites_gold, right
from newsqa.evals.metrics.citations import answered, cites, leanings
from newsqa.evals.metrics.retrieval import evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsqa.evals.metrics.definitions import Bucket
    from newsqa.evals.run_lines import RunLine


def bucket(line: RunLine, scores: Mapping[str, float]) -> Bucket | None:
    """Return where a line went wrong, given its scores; None where it did not, or where nobody can tell."""
    treated_rightly = right(line)
    if line.failed or treated_rightly is None:
        return None
    if line.item.refusal_is_right:
        return None if treated_rightly else "wrong answer"
    if treated_rightly:
        return "wrong citation" if cites(line) and not _carried(line) else None
    return _missed(line, scores)


def _missed(line: RunLine, scores: Mapping[str, float]) -> Bucket:
    """Return the bucket of an answerable question that was refused or answered wrongly."""
    rank = scores.get("passage_mrr", scores.get("doc_mrr"))
    if not (rank or _may_be_indexed(line)):
        return "not in the index"
    if rank == 0:
        return "not retrieved"
    if not answered(line):
        return "wrongly refused"
    return "retrieved but not used" if rank and not _uses_evidence(line) else "wrong answer"


def _may_be_indexed(line: RunLine) -> bool:
    """Whether the evidence is in the index, or nobody looked."""
    if line.known.gold:
        return any(line.known.gold)
    return line.known.answer_in_index is not False


def _uses_evidence(line: RunLine) -> bool:
    """Whether a quote of the answer bears what was asked for."""
    wanted = evidence(line)
    if not wanted:
        return cites_gold(line)
    cited = line.record.get("citations") or ()
    return any(wanted.borne(one.get("article_id") or "", wanted.form(one.get("quote") or "")) for one in cited)


def _carried(line: RunLine) -> bool:
    """Whether the citations of a right answer prove it."""
    if any(not (ground.exists and ground.faithful) for ground in line.known.citations or ()):
        return False
    if not (cites_gold(line) or _uses_evidence(line)):
        return False
    wanted, said = evidence(line), leanings(line)
    if not wanted.answers:
        return any(leaning.supported for leaning in said)
    return all(leaning.supported for leaning in said if wanted.part_in(wanted.form(leaning.said.text)))
