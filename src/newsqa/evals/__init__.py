"""Measuring answers: sets of questions, and runs of them through the Desk."""
