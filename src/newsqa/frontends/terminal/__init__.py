"""The terminal: the bodies of the commands, and the chat."""
