"""Understanding a question, and finding the passages that may answer it."""
