"""Where people meet newsqa: each frontend decodes, asks, renders and sends."""
