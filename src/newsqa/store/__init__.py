"""The library (SQLite, the truth), the vector index (Chroma), and one snapshot of both for reading."""
