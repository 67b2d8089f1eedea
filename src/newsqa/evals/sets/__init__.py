"""Sets of questions: read from the forms in use, checked before anything is asked."""

from newsqa.evals.sets.items import Accepted, Gold, Item
from newsqa.evals.sets.ours import read_set

__all__ = ["Accepted", "Gold", "Item", "read_set"]
