"""Freeze what newsqa does today, and check later that it still does the same.

    python tools/golden.py make  [--only NAME …] [--shared DIR] [--keep DIR]
    python tools/golden.py check [--only NAME …] [--shared DIR] [--keep DIR]

`make` writes a file for each part into tests/golden, one record a line; `check` computes the same again and exits 1
where anything differs. Almost everything goes through the commands that people use, so that files and names inside
newsqa can move; what is imported of it is in golden_newsqa.py. Numbers with a fraction may differ by TOLERANCE, since
a quantised model rounds differently on another machine; left out are times, digests of code and settings, and folders
of this machine.

`--shared DIR` also runs the part "shared": questions over articles of others in DIR, of which only digests are
committed. `--keep DIR` keeps their whole records in that folder, so that a difference can be looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golden_records import articles, conversations, records, shared, verdicts, written
from golden_shown import commands, renderings
from golden_work import GOLDEN, Line, Work, read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PARTS: dict[str, Callable[[Work], Iterator[Line]]] = {
    "articles": articles,
    "verdicts": verdicts,
    "records": records,
    "conversations": conversations,
    "written": written,
    "renderings": renderings,
    "commands": commands,
    "shared": shared,
}

TOLERANCE = 0.005
"""How far numbers with a fraction may differ: scores of passages, confidence, shares."""

MOST_SHOWN = 20
MADE, CHECKED = "made.jsonl", "checked.jsonl"


def make(parts: Sequence[str], work: Work) -> int:
    """Write the golden files of these parts."""
    for part in parts:
        began = time.perf_counter()
        lines = list(PARTS[part](work))
        write_lines(GOLDEN / f"{part}.jsonl", lines)
        print(f"{part}: {len(lines)} lines made in {time.perf_counter() - began:.0f} s", flush=True)
    return 0


def check(parts: Sequence[str], work: Work) -> int:
    """Compare these parts with their golden files; return 1 where anything differs."""
    failed = False
    for part in parts:
        began = time.perf_counter()
        found = compare(part, read_lines(GOLDEN / f"{part}.jsonl"), list(PARTS[part](work)))
        if part == "shared" and found and work.keep and (made := work.keep.with_name(MADE)).is_file():
            found = compare(part, read_lines(made), read_lines(work.keep)) or found
        print(f"{part}: {len(found) or 'no'} differences, {time.perf_counter() - began:.0f} s", flush=True)
        print(*found[:MOST_SHOWN], *(["…"] if len(found) > MOST_SHOWN else []), sep="\n", end="\n" if found else "")
        failed = failed or bool(found)
    return int(failed)


def compare(part: str, was: Sequence[Line], now: Sequence[Line]) -> list[str]:
    """Return the differences of a part: lines that are gone or new, and what changed in the others."""
    before, after = ({line["id"]: line for line in json.loads(json.dumps(lines))} for lines in (was, now))
    found = [f"{part} {name}: is gone" for name in before if name not in after]
    found += [f"{part} {name}: is new" for name in after if name not in before]
    both = [name for name in before if name in after]
    return found + [f"{part} {name} {one}" for name in both for one in differences(before[name], after[name])]


def differences(was: Any, now: Any, place: str = "") -> Iterator[str]:
    """Yield where two values differ, and how."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted({*was, *now}):
            yield from differences(was.get(name), now.get(name), f"{place}.{name}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from differences(one, other, f"{place}[{number}]")
    elif isinstance(was, float) and isinstance(now, int | float) and abs(was - now) <= TOLERANCE:
        return
    elif was != now:
        before, after = (json.dumps(value, ensure_ascii=False) for value in (was, now))
        differ = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
        at = max(differ - 30, 0)
        yield f"{place or '.'}\n    was {before[at : at + 160]}\n    now {after[at : at + 160]}"


def main() -> int:
    """Make or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("make", "check"))
    parser.add_argument("--only", nargs="+", choices=tuple(PARTS), metavar="NAME", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--shared", type=Path, metavar="DIR", help="also run the part “shared” over this folder")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the whole records of “shared” here")
    asked = parser.parse_args()
    parts = asked.only or [part for part in PARTS if part != "shared" or asked.shared]
    keep = asked.keep.resolve() / (MADE if asked.mode == "make" else CHECKED) if asked.keep else None
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder), asked.shared.resolve() if asked.shared else None, keep)
        return (make if asked.mode == "make" else check)(parts, work)


if __name__ == "__main__":
    sys.exit(main())
