"""Drafts a set of questions from the articles of an index, for a person to edit.

    cloze         Fill in the blank: "The Grey Heron left Orrinport with ____ passengers."
    sources       Which article, outlet and date does this quote come from: “…”?
    written       a question in a chat model's words, with an answer that the passage holds
    unanswerable  one of the others, asked as of a day on which its article had not appeared

Rules draft the first two kinds and pass over every sentence in doubt. `rules.py` and `written.py` draft questions about
one article, `drafting.py` checks them against the index and fills the plan, `questions.py` has the values.
"""

from newsqa.evals.make.drafting import KINDS, DraftSet, Kind, Plan, draft_set
from newsqa.evals.make.questions import refuse_existing, write_set
from newsqa.evals.make.written import QuestionWriter

__all__ = ["KINDS", "DraftSet", "Kind", "Plan", "QuestionWriter", "draft_set", "refuse_existing", "write_set"]
