"""How long each reader and parser takes for 100 kB of nonsense: the slowest input of each, in processor time.

    python benchmarks/nonsense.py [NAME…]

The inputs are those of tests/data/nasty, each repeated up to 100 kB.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "doubles")]

from nasty_inputs import PARSERS, READERS, nasty_inputs, read_as  # noqa: E402

SIZE = 100_000


def main() -> int:
    """Print a line for each reader and parser; return how many took a second or more."""
    inputs = {name: (text * (SIZE // len(text) + 1))[:SIZE] for name, text in nasty_inputs().items() if text}
    parsers = {name: partial(read_as, suffix) for name, suffix in READERS.items()} | PARSERS
    slow = 0
    for name, parse in parsers.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        took: dict[str, float] = {}
        for one, text in inputs.items():
            began = time.process_time()
            parse(text)
            took[one] = time.process_time() - began
        worst = max(took, key=lambda one: took[one])
        over = sum(seconds >= 1 for seconds in took.values())
        slow += bool(over)
        print(
            f"{name:18} {took[worst]:6.2f} s  {worst}; {over} of {len(took)} inputs took a second or more", flush=True
        )
    return slow


if __name__ == "__main__":
    sys.exit(main())
