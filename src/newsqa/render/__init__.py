"""Answers for people and programs: pure functions from values to text, JSON and rich renderables."""
