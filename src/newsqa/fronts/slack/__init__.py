"""newsqa in Slack: decode, ask, render, send, recover."""
