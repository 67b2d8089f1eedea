"""The Slack frontend."""
