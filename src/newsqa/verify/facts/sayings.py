"""Verbs of saying, thinking and telling: who says something is checked by itself."""

from __future__ import annotations

from newsqa.text.words import word_set
from newsqa.verify.facts.synonyms import root

REPORTING = frozenset(
    map(
        root,
        word_set(
            """
            said told added replied answered asked explained announced stated claimed insisted argued noted warned
            declared admitted conceded confirmed complained joked remarked recalled remembered reported reckoned
            estimated wrote commented observed predicted promised vowed suggested stressed emphasised maintained
            testified quipped thought believed called described expected denied acknowledged revealed repeated
            recommended advised mentioned characterised
            """
        ),
    )
)
"""The roots of these verbs."""
