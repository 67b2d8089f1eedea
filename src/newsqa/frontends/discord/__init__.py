"""Discord: decode, ask, render, send, recover."""
