"""Drafts that a chat model wrote, "… [3]", read into claims as they come, each key into sentences of the evidence."""

from newsqa.drafts.claims import ClaimReader, parse_draft
from newsqa.drafts.keyed import keyed_sentences

__all__ = ["ClaimReader", "keyed_sentences", "parse_draft"]
