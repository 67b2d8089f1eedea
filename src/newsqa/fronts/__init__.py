"""Where people meet newsqa; each front decodes, asks, renders and sends, and nothing else."""
