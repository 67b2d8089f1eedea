"""Words for who acts in the news: offices and trades of people, and bodies that do things."""

from __future__ import annotations

from functools import lru_cache

from newsqa.text.words import word_set
from newsqa.verify.facts.forms import BASES
from newsqa.verify.facts.synonyms import root

HONORIFICS = word_set(
    """
    mr mrs ms miss mx dr prof sir dame lord lady mayor president premier minister chancellor senator governor judge
    justice captain inspector detective sergeant colonel general admiral lieutenant major professor doctor bishop pope
    king queen prince princess emperor sheikh reverend father sister brother rabbi imam councillor secretary chief
    director chair chairman chairwoman congressman congresswoman representative ambassador coach deputy former acting
    prime foreign finance vice constable commissioner superintendent skipper nurse archbishop cardinal sheriff speaker
    """
)
"""What stands before a name without being part of it."""

OFFICES = word_set(
    """
    accountant activist actor actress adviser aide ambassador analyst apprentice archbishop architect artist
    astronaut author baker banker biologist bishop boss boxer broker builder butcher candidate captain carpenter
    cellist chair chairman chairwoman champion chancellor chef chemist chief cleaner coach commander commissioner
    composer conductor constable consultant councillor coxswain critic curator customer cyclist dancer
    deckhand defender demonstrator deputy designer detective director diver doctor driver economist editor
    electrician engineer envoy executive fan farmer firefighter fisherman fishmonger footballer forecaster
    gardener geologist goalkeeper governor grower guard guest head historian inspector interpreter investigator
    journalist judge keeper king landlord lawmaker lawyer leader lecturer lieutenant librarian lookout magnate
    manager mayor mechanic mediator merchant midfielder midwife migrant minister musician neighbour novelist
    nurse officer official organiser owner painter passenger patient pensioner pharmacist photographer physicist
    pilot player poet policeman policewoman politician pope porter postman potter premier president priest prince
    princess principal producer professor prosecutor publisher pupil queen rector referee refugee reporter
    rescuer researcher resident retailer runner sailor schoolteacher scientist sculptor secretary senator
    sergeant sheriff shopkeeper singer skipper soldier spokesman spokesperson spokeswoman striker student
    substitute superintendent supporter surgeon surveyor suspect tailor teacher tenant trader tourist treasurer
    umpire vet victim visitor volunteer voter waiter waitress weaver winger witness worker writer zookeeper
    defendant plaintiff smuggler thief robber shepherd beekeeper ranger warden clerk
    """
)
BODIES = word_set(
    """
    administration agency airline alliance army assembly association authority bank board broadcaster bureau
    cabinet chamber charity church city club coalition college commission committee company congress consortium
    cooperative corporation council court crew department employer factory federation firm force foundation fund
    government group guild hospital hotel institute jury league library ministry museum navy opposition
    organisation parliament party police school senate shop society staff supplier supermarket team
    theatre tribunal union university workforce
    """
)
NAMING = frozenset(map(root, word_set("name appoint elect nominate choose chose chosen pick propose install")))
"""Verbs, by their roots, for giving someone an office."""

ACTORS = OFFICES | BODIES


@lru_cache(maxsize=20_000)
def actor(folded: str) -> str | None:
    """Return the word for someone who acts that a folded word is, in the singular; None where it is none."""
    forms = (folded, BASES.get(folded, ""), folded.removesuffix("s"), folded.removesuffix("es"), folded[:-3] + "y")
    ends = ("", "", "s", "es", "ies")
    return next((f for f, end in zip(forms, ends, strict=True) if folded.endswith(end) and f in ACTORS), None)
