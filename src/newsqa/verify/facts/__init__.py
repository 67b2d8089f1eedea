"""Word lists and readers of values that only the rules of `verify.checks` use."""
