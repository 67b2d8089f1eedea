"""Lines for people on standard error, beside the result."""

from __future__ import annotations

import sys

from newsqa.render.clean import safe_line


def tell(text: str) -> None:
    """Write a line that says what a person should know; characters that the encoding lacks become question marks."""
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(f"newsqa: {safe_line(text)}\n".encode(encoding, "replace").decode(encoding))
