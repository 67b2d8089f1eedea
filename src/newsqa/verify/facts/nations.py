"""Countries, their people, and the capitals that stand for their governments."""

from __future__ import annotations

from newsqa.text.words import word_set

_PEOPLE_ENDS = word_set("a e y n s an ns ans ian ians ish ese i is er ers ean eans ia ic istan land")
_LISTED = """
american america us usa washington | british britain uk english england london | french france paris
dutch netherlands | german germany berlin | greek greece athens | spanish spain spaniards madrid | swiss switzerland
danish denmark danes | swedish sweden | finnish finland | polish poland poles | turkish turkey turks ankara
chinese china beijing | russian russia moscow kremlin | ukrainian ukraine kyiv | irish ireland | welsh wales
scottish scotland scots | norwegian norway | israeli israel jerusalem | saudi riyadh | japanese japan tokyo
indian india delhi | iranian iran tehran | canadian canada ottawa | italian italy rome | belgian belgium
austrian austria vienna | portuguese portugal lisbon | czech czechia prague | hungarian hungary budapest
romanian romania bucharest | serbian serbia belgrade | egyptian egypt cairo | syrian syria damascus
iraqi iraq baghdad | lebanese lebanon beirut | afghan afghanistan kabul taliban | pakistani pakistan islamabad
korean korea seoul | north-korean pyongyang | taiwanese taiwan taipei | filipino philippines manila
australian australia canberra | brazilian brazil brasilia | mexican mexico | cuban cuba havana | western west
venezuelan venezuela caracas | nigerian nigeria abuja | kenyan kenya nairobi | yemeni yemen | qatari qatar doha
emirati emirates uae | georgian georgia tbilisi | belarusian belarus minsk | european europe
"""
_NATIONS = {
    word: n
    for n, entry in enumerate(entry for line in _LISTED.strip().splitlines() for entry in line.split("|"))
    for word in entry.split()
}
"""A country, its people, and the capital that stands for its government."""


_ALIASES = """
pentagon | defense department | defence department
summer olympics | summer games
winter olympics | winter games
olympics | olympic games
fed | federal reserve
united kingdom | britain | british
united states | america | american | americans
russian federation | russia
emirates | united arab emirates
scotland yard | metropolitan police
capitol hill | congress
world cup finals | world cup
"""
"""Names for the same; what follows "of" may stand before it: the Department of Defense."""

_SAME = tuple(tuple(frozenset(one.split()) for one in line.split("|")) for line in _ALIASES.strip().splitlines())


def is_nation(word: str) -> bool:
    """Whether a folded word is a country, its people or the capital that stands for its government."""
    return _nation(word) is not None


def _nation(word: str) -> int | None:
    return _NATIONS.get(word, _NATIONS.get(word.removesuffix("s")))


def same_people(one: str, other: str) -> bool:
    """Whether two words are one name, or name one country and its people: Russia and Russian, France and French."""
    if one == other or ((nation := _nation(one)) is not None and nation == _nation(other)):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) > 3 and long.startswith(short.removesuffix("e").removesuffix("y").removesuffix("a")):
        return long.removeprefix(short.removesuffix("e").removesuffix("y").removesuffix("a")) in _PEOPLE_ENDS
    return False


def other_names(name: frozenset[str]) -> tuple[frozenset[str], ...]:
    """Return the words of each other name for what a name's folded words name."""
    return tuple(other for group in _SAME if name in group for other in group if other != name)
