"""The chat: a prompt, commands, and a conversation that is kept."""
