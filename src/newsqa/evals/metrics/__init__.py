"""Metrics of answers: pure functions of the lines of a run."""
