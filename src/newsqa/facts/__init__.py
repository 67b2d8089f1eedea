"""What a sentence states, read by rules: its words, numbers, dates, names, negations and quoted words."""
