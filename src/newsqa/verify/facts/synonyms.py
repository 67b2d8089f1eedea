"""What different words of news have in common: a closed list of near synonyms, and the kin of a word.

It is for comparing how much of a sentence stands in other words, never for facts: numbers, names and dates have checks
of their own. A word may belong to several groups.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from newsqa.text.words import stem, word_set

# Forms of one word that stemming does not bring together.

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


# Converse verbs: what one sells another buys.

_LISTED = """
buy sell | purchase sell | lend borrow | beat lose | defeat lose | hire work | employ work | give receive | give get
send receive | teach learn | succeed precede | lead follow | chase flee | own belong | inherit bequeath | pay charge
award win | tell hear | let rent | import export | teach study | outscore trail | host visit | grant receive
"""
_PAIRS = frozenset(
    pair
    for line in _LISTED.strip().splitlines()
    for one, other in (entry.split() for entry in line.split("|"))
    for pair in ((root(one), root(other)), (root(other), root(one)))
)
MUTUAL = frozenset(
    map(
        root,
        word_set(
            "meet talk agree marry collide play merge join speak negotiate discuss fight compete share differ trade "
            "draw cooperate argue quarrel clash tie divorce"
        ),
    )
)
"""Verbs, by their roots, for what two do together: it is the same whichever of them is named first."""

WINNING = frozenset(map(root, word_set("beat beaten defeat win won victory triumph overcome overcame thrash")))
"""Words, by their roots, for what the one who wins does to the other, or in a contest."""

_LIGHT = frozenset(map(root, word_set("be have do make say include with and")))


def converse(one: str, other: str) -> bool:
    """Return True if what one verb says of two, the other says of them the other way round."""
    return (root(one), root(other)) in _PAIRS


def one_way(verb: str) -> bool:
    """Return True if a verb tells who does it to whom: it is not done together, and says enough."""
    return root(verb) not in MUTUAL | _LIGHT


# Offices, trades and bodies.

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


# Verbs of saying and thinking.

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


# Countries, their people and capitals.

_PEOPLE_ENDS = word_set("a e y n s an ns ans ian ians ish ese i is er ers ean eans ia ic istan land")
_NATIONS_LISTED = """
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
    for n, entry in enumerate(entry for line in _NATIONS_LISTED.strip().splitlines() for entry in line.split("|"))
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
    """Return True if a folded word is a country, its people or the capital that stands for its government."""
    return _nation(word) is not None


def _nation(word: str) -> int | None:
    return _NATIONS.get(word, _NATIONS.get(word.removesuffix("s")))


def same_people(one: str, other: str) -> bool:
    """Check if two words are one name, or name one country and its people: Russia and Russian, France and French."""
    if one == other or ((nation := _nation(one)) is not None and nation == _nation(other)):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) > 3 and long.startswith(short.removesuffix("e").removesuffix("y").removesuffix("a")):
        return long.removeprefix(short.removesuffix("e").removesuffix("y").removesuffix("a")) in _PEOPLE_ENDS
    return False


def other_names(name: frozenset[str]) -> tuple[frozenset[str], ...]:
    """Return the words of each other name for what a name's folded words name."""
    return tuple(other for group in _SAME if name in group for other in group if other != name)
