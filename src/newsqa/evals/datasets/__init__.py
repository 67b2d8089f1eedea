"""Datasets of questions: the forms in which they are read, and their checks."""
