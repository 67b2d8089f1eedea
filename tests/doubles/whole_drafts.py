"""Drafts that are there as a whole, read as those that a model is still writing."""

from newsqa.answer.drafts import DraftReader
from newsqa.types import DraftSentence


def read_draft(text, evidence):
    reader = DraftReader(evidence)
    return tuple(event for event in (*reader.feed(text), *reader.close()) if isinstance(event, DraftSentence))
