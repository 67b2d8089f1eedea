"""What the commands of `newsqa eval` print."""
