"""The conversation, and answers: extracted, written by a chat model, or refused."""
