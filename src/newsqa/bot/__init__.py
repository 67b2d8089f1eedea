"""The core of the chat bots, which knows no platform: messages in, events out."""
