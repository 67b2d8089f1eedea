"""Word lists, and readers of numbers, times and opposites, for the rules of `verify.checks`."""
