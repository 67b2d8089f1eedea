"""Drafts a set of questions from the articles of an index, for people to edit: precise rather than many.

    Joren Maddock, 61, the keeper of Cape Ansell, said … → How old is Joren Maddock?          ["61"]
    Some 9,400 visitors came to the fair in Ostby.       → How many visitors came to the fair in Ostby?

Code drafts by rules that pass over every sentence in doubt; a chat model, where one is given, writes freer questions
whose answers are then checked against the passage.
"""

from newsqa.evals.make.draft import KINDS, Drafts, Plan, draft_set
from newsqa.evals.make.files import refuse_existing, write_set
from newsqa.evals.make.values import Kind
from newsqa.evals.make.written import Writer

__all__ = ["KINDS", "Drafts", "Kind", "Plan", "Writer", "draft_set", "refuse_existing", "write_set"]
