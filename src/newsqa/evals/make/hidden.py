"""Questions that nothing visible answers: asked as of a day on which their article had not appeared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from newsqa.evals.make.rivals import answered_within
from newsqa.facts.dates import dates
from newsqa.records import Bounds

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from newsqa.evals.make.values import Drafted
    from newsqa.seams import Index

EARLIEST, LATEST = 1, 14
"""Days before an article's publication on which its question is asked."""


def hiding_day(drafted: Drafted, index: Index, random: Random) -> date | None:
    """Return a day as of which a question cannot be answered; None where there is none.

    An undated article is not hidden by any day. Some article must be visible then, and none that answers the question
    or comes near it; a question that names a day would tell of a future that nobody can ask about.
    """
    published = drafted.told.story.article.published
    if published is None or dates(drafted.question):
        return None
    as_of = published - timedelta(days=random.randint(EARLIEST, LATEST))
    bounds = Bounds(as_of=as_of)
    if not index.coverage(bounds).articles or answered_within(drafted, index, bounds):
        return None
    return as_of
