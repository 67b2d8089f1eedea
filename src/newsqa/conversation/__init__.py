"""Reading a conversation without a model: what it is about, and what a follow-up leaves unsaid."""
