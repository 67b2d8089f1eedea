"""Words in quotation marks."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"“([^“”]{1,2000})”|\"([^\"]{1,2000})\"|«([^«»]{1,2000})»")


def quoted(text: str) -> list[str]:
    """Find what stands in double quotation marks, without the marks, in order."""
    return [next(part for part in match.groups() if part is not None) for match in _QUOTED.finditer(text)]
