"""Word forms that no rule of stemming brings together: "rose" and "risen", "death" and "die", "men" and "man"."""

from __future__ import annotations

_ENTRIES = """
arise arose arisen | awake awoke awoken | bear bore borne | beat beaten | become became | begin began begun
bend bent | bind bound | bite bit bitten | bleed bled | blow blew blown | break broke broken | breed bred
bring brought | build built | rebuild rebuilt | burn burnt | buy bought | catch caught | choose chose chosen choice
cling clung | come came | creep crept | deal dealt | dig dug | draw drew drawn | dream dreamt
drink drank drunk | drive drove driven | eat ate eaten | fall fell fallen | feed fed | feel felt | fight fought
find found | flee fled | fly flew flown flight | forbid forbade forbidden | forget forgot forgotten
forgive forgave forgiven | freeze froze frozen | give gave given | go went gone | grind ground
grow grew grown growth | hang hung | hear heard | hide hid hidden | hold held | keep kept | kneel knelt
know knew known knowledge | lay laid | lead led | lean leant | leap leapt | learn learnt | leave left | lend lent
light lit | lose lost loss losses | make made | mean meant | meet met | mislead misled | mistake mistook mistaken
overcome overcame | overtake overtook overtaken | overthrow overthrew overthrown | pay paid | ride rode ridden
ring rang rung | rise rose risen | run ran | say said says | see saw seen | seek sought | sell sold sale sales
send sent | sew sewn | shake shook shaken | shine shone | shoot shot | show shown | shrink shrank shrunk
sing sang sung song | sink sank sunk | sit sat | sleep slept asleep | slide slid | smell smelt
speak spoke spoken speech | speed sped | spell spelt | spend spent | spill spilt | spin spun | spoil spoilt
stand stood | steal stole stolen theft thief thieves | stick stuck | sting stung | strike struck stricken
strive strove striven | swear swore sworn | sweep swept | swell swollen | swim swam swum | swing swung
take took taken | teach taught | tear tore torn | tell told | think thought | throw threw thrown
tread trod trodden | undergo underwent undergone | understand understood | undertake undertook undertaken
undo undid undone | uphold upheld | wake woke woken | wear wore worn | weave wove woven | weep wept
win won winner winners | withdraw withdrew withdrawn withdrawal | write wrote written
agree agreement agreed | arrive arrival | approve approval | refuse refusal | deny denied denial denies
propose proposal | remove removal | survive survival | die died dies dying death deaths dead deadly
fail failed failure | marry marriage married | depart departure | close closure closed | discover discovery
recover recovery | deliver delivery | injure injury injuries injured | decide decision | collide collision
explode explosion | invade invasion | divide division | expand expansion | extend extension | permit permission
admit admission | submit submission | conclude conclusion | intend intention intent | defend defence defense
produce production | reduce reduction | destroy destruction | receive reception | describe description
resolve resolution | solve solution | acquire acquisition | apply application | supply supplies
identify identification | long length | wide width | high height | deep depth | strong strength | warm warmth
weigh weight weighs | hot heat | measure measurement | visit visitor visitors | compete competition competitor
analyse analyze analysis analyses | advise advice | believe belief | prove proof proven | relieve relief
save safe safety | live life lives alive | succeed success | complain complaint | please pleasure
sign signature | poor poverty | free freedom | hurry hurried | carry carries carried | bury burial buried
rob robbery | vaccinate vaccine vaccines vaccination | employ employer employment employees
man men | woman women | child children | person persons people | foot feet | tooth teeth | half halves | wife wives
knife knives | wolf wolves | shelf shelves | crisis crises | basis bases | forecast forecaster | school schools
big bigger biggest | high higher highest
low lower lowest lowered lowers lowering | large larger largest | small smaller smallest
near nearer nearest nearby | late later latest | early earlier earliest | young younger youngest | old older oldest
deep deeper deepest | long longer longest | short shorter shortest | strong stronger strongest | weak weaker weakest
warm warmer warmest | cold colder coldest | hot hotter hottest | great greater greatest | new newer newest
fast faster fastest | slow slower slowest | cheap cheaper cheapest | easy easier easiest | hard harder hardest
close closer closest | wet wetter wettest | dry drier driest | rich richer richest | heavy heavier heaviest
"""

BASES = {
    form: forms[0]
    for forms in (entry.split() for line in _ENTRIES.strip().splitlines() for entry in line.split("|"))
    for form in forms[1:]
}
"""The base of each such form: “rose” → “rise”."""
