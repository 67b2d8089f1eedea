"""What can be used here and now, without loading a model: by name, where it runs, what is missing, how fast it was."""

from __future__ import annotations

from newsqa.models.inventory.listing import Listed, find, inventory, named
from newsqa.models.inventory.speeds import Speed

__all__ = ["Listed", "Speed", "find", "inventory", "named"]
