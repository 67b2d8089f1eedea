"""The reports of a run: JSON, Markdown, JUnit XML and a page for a browser."""
