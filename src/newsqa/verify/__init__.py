"""Verification of drafts: quotes as spans of articles, sentences supported by their quotes."""
