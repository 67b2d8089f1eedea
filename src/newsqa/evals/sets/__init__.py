"""Sets of questions: read from the forms in use, checked before anything is asked."""

from newsqa.evals.sets.forms import read_set
from newsqa.evals.sets.items import Accepted, Gold, Item

__all__ = ["Accepted", "Gold", "Item", "read_set"]
