"""Opposites: a closed list of pairs of which one, put for the other, turns a statement round."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from newsqa.facts.synonyms import root

_PAIRS = """
rise increase climb soar surge jump grow raise gain lift widen expand up : fall drop decline decrease sink plunge lower
rise increase climb soar surge jump grow raise gain widen expand up : tumble slump shrink reduce cut slash narrow down
begin start open launch commence : end stop finish close halt cease conclude
accept approve agree allow permit support back welcome endorse : reject refuse oppose ban forbid prohibit bar dismiss
win beat victory : lose defeat
more above beyond exceed : less fewer below beneath
over : under
most majority maximum : least fewest minority minimum
before : after later
first initial : last final
always : never
all every everyone everybody everything each both : none nobody nothing neither
some someone somebody something : nobody nothing none
confirm affirm admit : deny
until till : after
high tall : low short
long : short brief
early : late
north northern : south southern
east eastern : west western
buy purchase : sell
arrive enter join : depart exit quit
remain stay keep : withdraw resign remove change alter
together : each apiece separately
succeed success : fail
guilty convict : innocent acquit
convict jail condemn : acquit clear free release
arrest detain imprison jail capture seize : free release
alive survive live : dead die kill
injure hurt harm wound damage : unhurt uninjured unharmed unscathed safe undamaged intact whole harmless
remember recall : forget
inside within indoors : outside outdoors
upstream upriver : downstream downriver
warm hot heat warmth : cold cool chilly
fast quick faster : slow
rich wealthy : poor
strong : weak
better best improve : worse worst worsen deteriorate
major : minor
full : empty
old older : young younger new newer
wet : dry
public : private
man male boy : woman female girl
father : mother
son : daughter
brother : sister
husband : wife
starboard : port
import : export
often frequent usual : rare seldom
ahead early : behind late
praise welcome laud commend : criticise criticize condemn blame denounce
hope optimistic optimism confident : fear pessimistic pessimism doubt
safe : dangerous unsafe deadly
true : false untrue
legal lawful : illegal unlawful
hire appoint : fire dismiss sack
attack : defend
build construct erect : destroy demolish
save rescue : kill die sink
summer : winter
spring : autumn fall
common frequent usual : rare uncommon unusual scarce
deep : shallow
wide broad : narrow
clean pure : dirty polluted
near close : far distant
easy simple : hard difficult
forward ahead : back backward
include : exclude
lock shut close closed : open unlock
silent mute silence : loud ring sound
calm : rough angry
likely probable : unlikely improbable
possible : impossible
able : unable
willing ready : unwilling reluctant
certain sure clear : uncertain unsure unclear
known : unknown
enough ample plenty : insufficient scarce lack shortage
profit : loss
lend : borrow
love like enjoy : hate dislike
friend ally : enemy foe rival
add : subtract remove
cheap cheaper : expensive dear dearer costly
lit : dark unlit
thick : thin
"""


@cache
def _table() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in _PAIRS.strip().splitlines():
        one, other = ({root(word) for word in side.split()} for side in line.split(" : "))
        for roots, others in ((one, other), (other, one)):
            for found_root in roots:
                found[found_root] |= others
    return {word: frozenset(others) for word, others in found.items()}


def opposites(word_root: str) -> frozenset[str]:
    """Return the roots that say the opposite of one, none for most words."""
    return _table().get(word_root, frozenset())
