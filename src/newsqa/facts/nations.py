"""Countries, their people, and the capitals that stand for their governments."""

from __future__ import annotations

from newsqa.facts.words import word_set

_PEOPLE_ENDS = word_set("a e y n s an ns ans ian ians ish ese i is er ers ean eans ia ic istan land")
_LISTED = """
american america us usa washington | british britain uk english england london | french france paris
dutch netherlands | german germany berlin | greek greece athens | spanish spain spaniards madrid | swiss switzerland
danish denmark danes | swedish sweden | finnish finland | polish poland poles | turkish turkey turks ankara
chinese china beijing | russian russia moscow kremlin | ukrainian ukraine kyiv | irish ireland | welsh wales
scottish scotland scots | norwegian norway | israeli israel jerusalem | saudi riyadh | japanese japan tokyo
indian india delhi | iranian iran tehran | canadian canada ottawa
"""
_NATIONS = {
    word: n
    for n, entry in enumerate(entry for line in _LISTED.strip().splitlines() for entry in line.split("|"))
    for word in entry.split()
}
"""A country, its people, and the capital that stands for its government."""


def same_people(one: str, other: str) -> bool:
    """Whether two words are one name, or name one country and its people: Russia and Russian, France and French."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) > 3 and long.startswith(short.removesuffix("e").removesuffix("y").removesuffix("a")):
        return long.removeprefix(short.removesuffix("e").removesuffix("y").removesuffix("a")) in _PEOPLE_ENDS
    return one in _NATIONS and _NATIONS[one] == _NATIONS.get(other)
