"""Slack: decode, ask, render, send, recover."""
