"""The bot that knows no platform: messages in, a stream of what is to be seen out."""
