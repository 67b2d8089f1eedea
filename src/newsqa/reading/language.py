"""Which language a text is in."""

from __future__ import annotations

from functools import cache
from typing import Any

ENOUGH_LETTERS = 60
SAMPLE = 1_500
SURE = 0.9


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of a text, or None where it is too short or not sure.

    Reads the first 1,500 characters with py3langid (Lui and Baldwin 2012, "langid.py").
    """
    sample = " ".join(text[:SAMPLE].split())
    if sum(map(str.isalpha, sample)) < ENOUGH_LETTERS:
        return None
    code, probability = _identifier().classify(sample)
    return str(code) if probability >= SURE else None


@cache
def _identifier() -> Any:  # noqa: ANN401 - the package ships no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
