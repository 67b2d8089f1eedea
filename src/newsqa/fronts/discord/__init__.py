"""newsqa in Discord: decode, ask, render, send, recover."""
