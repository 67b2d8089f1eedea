"""Makes a question say in full what its sentence left to the article: who “Holloway” is, which day “Monday” was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.evals.make.people import full_name
from newsqa.evals.make.when import dated
from newsqa.facts.names import names

if TYPE_CHECKING:
    from newsqa.evals.make.values import Drafted

_VERBATIM = ("saying",)
"""Forms that hold words of the article which must stay as they are."""


def in_full(drafted: Drafted) -> Drafted:
    """Name people in full and write weekdays of the past as dates."""
    if drafted.form in _VERBATIM:
        return drafted
    story = drafted.told.story
    question = dated(drafted.question, story.article.published)
    opener, _, asked = question.partition(" ")
    for name in reversed(names(asked.removesuffix("?"))):
        bare = name.text.removesuffix("’s").removesuffix("'s")
        if " " not in bare and (whole := full_name(bare, story)):
            asked = f"{asked[: name.start]}{whole}{asked[name.start + len(bare) :]}"
    return replace(drafted, question=f"{opener} {asked}", answers=_in_full(drafted))


def _in_full(drafted: Drafted) -> tuple[str, ...]:
    """Accept a person's full name beside the name that the sentence has."""
    if drafted.kind != "person":
        return drafted.answers
    whole = [full_name(answer, drafted.told.story) for answer in drafted.answers]
    return tuple(dict.fromkeys((*filter(None, whole), *drafted.answers)))
