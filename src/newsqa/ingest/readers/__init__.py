"""One reader for each format of file: from bytes to the articles that it holds."""
