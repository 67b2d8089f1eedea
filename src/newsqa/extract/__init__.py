"""The extractive answerer's parts: candidate sentences, what speaks for each, which to choose, and when to refuse."""
