"""What different words of news have in common: a closed list of near synonyms, and the kin of a word.

It is for comparing how much of a sentence stands in other words, never for facts: numbers, names and dates have checks
of their own. A word may belong to several groups.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from newsqa.text.words import stem
from newsqa.verify.facts.forms import BASES

_GROUPS = """
kill die fatal slay perish fatality | injure hurt wound casualty | begin start commence launch open
end finish complete conclude terminate over | stop halt cease | buy purchase acquire | rise increase climb
soar surge jump grow | fall drop decline decrease sink plunge tumble slump shrink dip | raise lift
lower reduce cut slash trim curb | large big huge enormous vast massive giant | small little tiny minor
help aid assist support | need require must necessary | want seek desire wish | get receive obtain gain
give hand grant award offer provide supply | send dispatch ship deliver | show reveal display demonstrate
find discover detect uncover locate spot | search hunt | arrest detain seize capture custody | jail prison imprison
sentence convict condemn | court tribunal | judge justice | lawyer attorney solicitor counsel barrister
police officer constable | soldier troop infantry | attack strike assault raid bombard bombardment | fire shoot
rocket missile | ship vessel boat freighter | lorry truck | car vehicle automobile | plane aircraft jet
doctor physician medic medical | hospital infirmary clinic | ill sick sickness illness disease | flu influenza
worker employee labourer staff | pay wage salary remuneration | strike walkout stoppage | dock harbour port
docker longshoreman | quay wharf pier | talk negotiation discuss discussion negotiate | meet meeting gather round
deal agreement pact accord settlement treaty agree | truce ceasefire armistice | plan scheme intend mean purpose
money cash fund | cost price expense come | firm company business enterprise corporation
boss chief head leader lead run | parliament assembly legislature chamber | vote ballot poll
win victory triumph beat defeat | lose defeat | cup trophy title | match game | team side squad player
equalise level equalize | home house residence dwell | resident inhabitant islander villager citizen people
live reside dwell | leave depart quit exit move | return back home | evacuate clear remove displace
stay remain keep still | way route road path | street road | country nation state land foreign
region area district | city town | north northern | south southern | east eastern | west western | lake reservoir
flood inundate submerge | sea ocean | beach shore coast | reef rock | crack fissure | storm gale
repair fix mend restore | build construct erect | destroy demolish ruin wreck raze pull | damage harm | break crack
collapse fall | crash collide hit strike run | aground ran | shut close closure | ban prohibit forbid bar outlaw
allow permit let | stop prevent avoid | quick fast rapid swift speed | early premature ahead | late delay overdue
old aged age elderly | young youth | child pupil kid | teacher schoolteacher | student pupil | person people human
family household relative | father dad | mother mum | watch observe see view spectator | crowd audience
march demonstration protest rally | report article account | newspaper paper | tell inform
ask request urge inquire | answer reply respond | accept agree | reject refuse turn | approve back endorse pass
oppose against | believe think consider | expect anticipate forecast predict hope | estimate reckon put
warn caution | promise pledge vow | praise commend laud | criticise condemn blame | mute silence silent
sound ring go | alarm bell siren | notice realise realize see | know aware | cause reason because due
result outcome | happen occur take place | number figure count total | amount sum | share part portion
about roughly approximately around some nearly | often frequent | annual year yearly | day daily | week weekly
month monthly | hour hourly | half dozen | tax levy duty | rule law regulation | crime offence offense
steal take rob | hide conceal | fisherman skipper captain | animal creature beast | dog terrier hound | cow cattle
flower blossom bloom | crop harvest | farm farmer grower | bread roll | medicine drug | inject jab vaccinate
pull haul drag tow | carry bring transport | dig excavate | throw toss hurl | hold keep | free release | free charge
save rescue | lift hoist | cover stick | hot warm heat | cold cool | temperature thermometer degree | record mark
average mean | evidence testify witness | inquiry investigation | investigate probe examine inquire
hearing session | charge accuse | appear come attend | chair preside | lead head | speak talk | name call know
leave abandon | include contain | hang display | lamp lantern | insure insurance | leak spill | diesel fuel oil
engine motor | rudder wheel | bad poor | good fine | advise recommend suggest urge
together once simultaneously same | each every | most majority | rest remainder others other | only just
last final | next follow | first initial original | previous former | earlier before previous | new fresh latest
main chief principal key top | important significant major | remember recall recollect | happy glad content
afraid fear scare | inspect check inspection look | document paper | photo photograph picture image | film video
phone telephone call | letter mail post | president premier leader
envoy delegate representative delegation negotiator | spokesman spokeswoman spokesperson speak
American washington us | Russian moscow kremlin russia | Ukrainian kyiv ukraine | British london | Chinese beijing
French paris | German berlin | government administration authorities cabinet | official authority
war conflict fighting fight | weapon arm | territory land | border frontier | occupy hold | annexation annex
guarantee assure | dispute disagreement row quarrel | demand want call | condition precondition | serious earnest
ready willing prepare | begin contact | visit trip journey travel | arrive reach come | cross crossing
passenger traveller | tired weary | finger hand | stay remain | work job task | apprentice trainee learn
teach instruct | customer client buyer | machine device | foreign abroad | decorate decoration | order book
damage tear | opinion view | lower bring | dive diver | meter metre | centre center | percent per | colour color
programme program | labour labor | theatre theater
rise raise | say comment remark | issue hand distribute
evidence testify testimony | carry move | force will | level equalise equalize draw
astronaut cosmonaut | kill killer murder murderer death dead die casualty bury burial | combine add
thermometer temperature | substitute replace | price charge fee
demolish pull | blossom flower | trade deal | fatal kill
"""


def root(folded: str) -> str:
    """Bring a folded word to the stem of its base form: “rose”, “risen” and “rises” to “rise”."""
    return stem(BASES.get(folded, folded))


def _kinships() -> dict[str, frozenset[str]]:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    entries = (entry.split() for line in _GROUPS.lower().strip().splitlines() for entry in line.split("|"))
    for number, group in enumerate(entries):
        for word in group:
            groups[root(word)].add(f"#{number}")
    return {word: frozenset(found) for word, found in groups.items()}


_KINSHIPS: dict[str, frozenset[str]] = {}


@lru_cache(maxsize=50_000)
def kin(folded: str) -> frozenset[str]:
    """Return the root of a folded word and the groups that it belongs to; words are kin where these meet."""
    if not _KINSHIPS:
        _KINSHIPS.update(_kinships())
    base = root(folded)
    return _KINSHIPS.get(base, frozenset()) | {base}
