"""Verbs of news by their forms, so that “sold 40 boats” can be asked for with “did … sell”.

A closed list: a word that is not in it is no verb to the drafter, and its sentence is passed over.
"""

from __future__ import annotations

from newsqa.facts.words import word_set

_REGULAR = word_set(
    """
    abandon cover accuse acquire adopt announce appear approve arrest arrive attack attend award ban bomb cancel
    capture carry cause celebrate charge chase claim clear close collapse collect complete confirm convict count
    create crash defeat deliver demolish deny deploy design destroy detain develop dismiss donate double earn
    elect employ enter establish evacuate examine execute expand expel face fail fetch file finish fire form
    found gather halt hire host identify impose increase injure inspect install interview introduce invade
    invest investigate invite join kill land last launch learn lift list lower march marry miss move name
    nominate offer open order organise organize owe own paint pardon pass perform plant play pledge postpone prevent
    produce promise promote publish pull purchase raise reach rebuild receive record recover reduce register
    reject release remove rename rename reopen repair replace request rescue resign resume retire return
    review sail save schedule score seize sentence serve settle sign spot stage start store succeed sue supply
    suspend target test tour train transfer treat unveil vaccinate visit vote vow want welcome wound die tie
    invent discover direct manufacture operate contain include cost survive use declare defend climb jump
    decline surge plunge switch drop slip shrink gain
    """
)
_DOUBLED = {"ban": "banned", "drop": "dropped", "slip": "slipped", "expel": "expelled", "transfer": "transferred"}
_IRREGULAR = """
become became become | beat beat beaten | begin began begun | break broke broken | bring brought brought
build built built | rebuild rebuilt rebuilt | buy bought bought | catch caught caught | come came come
cost cost cost | cut cut cut | draw drew drawn | drive drove driven | fall fell fallen | find found found
fly flew flown | get got got | give gave given | go went gone | grow grew grown | have had had
hear heard heard | hit hit hit | hold held held | keep kept kept | lay laid laid | lead led led
leave left left | lose lost lost | make made made | meet met met | pay paid paid | put put put
ride rode ridden | rise rose risen | run ran run | see saw seen | sell sold sold | send sent sent
set set set | shoot shot shot | shrink shrank shrunk | shut shut shut | sing sang sung | sink sank sunk
spend spent spent | steal stole stolen | strike struck struck | swim swam swum | take took taken
teach taught taught | throw threw thrown | wear wore worn | win won won | write wrote written
"""


def _past(base: str) -> str:
    if base in _DOUBLED:
        return _DOUBLED[base]
    if base.endswith("e"):
        return f"{base}d"
    return f"{base[:-1]}ied" if base.endswith("y") and base[-2] not in "aeiou" else f"{base}ed"


_FORMS = [tuple(entry.split()) for line in _IRREGULAR.strip().splitlines() for entry in line.split("|")]
_IRREGULAR_BASES = {forms[0] for forms in _FORMS}

BASE_OF_PAST = {_past(base): base for base in sorted(_REGULAR - _IRREGULAR_BASES)} | {f[1]: f[0] for f in _FORMS}
"""The base of every past form: “sold” → “sell”."""

PARTICIPLES = frozenset(_past(base) for base in _REGULAR - _IRREGULAR_BASES) | {forms[2] for forms in _FORMS}
"""What stands after “was” and “has”: “sold”, “taken”."""

BASES = _REGULAR | _IRREGULAR_BASES | {"be"}

BASE_OF_PRESENT = {
    "employs": "employ", "owns": "own", "operates": "operate", "serves": "serve", "includes": "include",
    "contains": "contain", "holds": "hold", "has": "have", "produces": "produce", "hosts": "host", "owes": "owe",
    "sells": "sell", "attracts": "attract", "spans": "span", "receives": "receive", "wants": "want",
}  # fmt: skip
"""Forms of the present that are hardly ever a noun."""

MOVES = frozenset(
    word for word, base in BASE_OF_PAST.items()
    if base in word_set("rise fall grow shrink climb drop increase decline jump slip surge plunge switch gain lose")
)  # fmt: skip
"""Past forms that say how far a figure moved."""

PAYING = frozenset(
    word for word, base in BASE_OF_PAST.items()
    if base in word_set("pay spend raise donate invest earn award receive lose owe cost fetch pledge collect give win")
)  # fmt: skip
"""Past forms with which a sum of money is “how much”."""
