"""Evaluation: datasets, runs, metrics, statistics, reports and comparisons."""
