"""The forms of questions that code can draft from a sentence, each where its sentence leaves no doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.make.clauses import clause_of
from newsqa.evals.make.forms import counts, people, places, sayings, times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.make.values import Drafted, Told

_OF_SENTENCES = (
    people.ages,
    people.roles,
    people.homes,
    people.heads,
    sayings.quoted_words,
    sayings.told_that,
    counts.counted_subjects,
)
_OF_CLAUSES = (
    counts.counted_objects,
    counts.sums,
    counts.sizes,
    counts.moves,
    times.whens,
    times.spans,
    times.lengths,
    places.wheres,
    people.whos,
    people.whichs,
)


def drafts(told: Told) -> Iterator[Drafted]:
    """Draft every question that a sentence allows; whether they stand alone is not yet asked."""
    for form in _OF_SENTENCES:
        yield from form(told)
    clause = clause_of(told.text, told.story.common, told.story.proper)
    if clause:
        for of_clause in _OF_CLAUSES:
            yield from of_clause(clause, told)
