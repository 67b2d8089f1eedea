"""The Discord frontend."""
