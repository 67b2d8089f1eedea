"""The terminal: the commands' bodies and the chat."""
