"""Finds the words of a text, and brings them to the form in which they are compared: folded and stemmed."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WORD = re.compile(r"(?:[^\W\d_]\.){2,}|(?:[^\W_][\u0300-\u036f]*)+(?:['’ʼ][^\W_]+)*")
"""A word with its apostrophes, or letters with a full stop each (U.S.); a hyphen parts words."""

_RUN = re.compile(r"\w+")


def word_set(listed: str) -> frozenset[str]:
    """Make a set of the words of a list that is written as people read it."""
    return frozenset(listed.split())


FUNCTION_WORDS = word_set(
    """
    a about above after again against all almost along already also although always am among an and another any anyone
    anything are around as at away back be because been before being below between both but by can cannot could did do
    does doing done down during each either else enough even ever every everyone everything few for from further get
    gets getting go goes going got had has have having he hence her here hers herself him himself his how however i if
    in indeed instead into is it its itself just last less lest let like lot made make makes many may me meanwhile might
    mine more moreover most much must my myself near neither never nevertheless next no nobody none nor not nothing now
    of off often on once one only onto or other others otherwise our ours ourselves out over own per perhaps quite
    rather really same several shall she should since so some someone something sometimes soon still such than that the
    their theirs them themselves then there therefore these they thing things this those though through throughout thus
    to together too toward towards under unless until up upon us very via was we well were what whatever when whenever
    where whereas wherever whether which while who whoever whole whom whose why will with within without would yes yet
    you your yours yourself
    don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't
    ain't mustn't needn't i'm i've i'll i'd you're you've you'll he's she's it's we're we've we'll they're they've
    they'll that's there's what's who's here's let's
    """
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, folded, and its span (code points, end exclusive)."""

    text: str
    folded: str
    start: int
    end: int

    @property
    def capitalised(self) -> bool:
        """True if it begins with a capital letter."""
        return self.text[0].isupper()

    @property
    def content(self) -> bool:
        """True if it is no function word, no number in digits and no single letter."""
        return self.folded not in FUNCTION_WORDS and not self.folded[0].isdigit() and len(self.folded) > 1


def word_runs(text: str) -> list[str]:
    """Return the runs of letters, digits and underscores in a text, as written; an apostrophe parts them."""
    return _RUN.findall(text)


def words(text: str) -> list[Word]:
    """Return the words of a text, in order."""
    return [Word(m.group(), fold(m.group()), m.start(), m.end()) for m in WORD.finditer(text)]


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return the spelling in which words are compared: without case, accents, possessive and dots."""
    plain = unicodedata.normalize("NFKD", word.replace("’", "'").replace("ʼ", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    plain = plain.removesuffix("'s") if plain not in FUNCTION_WORDS else plain
    return plain.replace(".", "").strip("'") or word


_IRREGULAR = """
arise arose arisen|awake awoke awoken|bear bore borne|beat beaten|become became|begin began begun|bend bent
bite bit bitten|bleed bled|blow blew blown|break broke broken|breed bred|bring brought|build built|burn burnt
buy bought|catch caught|child children|choose chose chosen|cling clung|come came|creep crept|deal dealt|dig dug
draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought
find found|flee fled|fly flew flown|forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven
freeze froze frozen|give gave given|grow grew grown|hang hung|hear heard|hide hid hidden|hold held|keep kept
kneel knelt|know knew known|lay laid|lead led|leap leapt|learn learnt|leave left|lend lent|lose lost|man men
mean meant|meet met|pay paid|person people|prove proven|ride rode ridden|rise rose risen|run ran|say said|see saw seen
seek sought|sell sold|send sent|shake shook shaken|shine shone|shoot shot|show shown|shrink shrank shrunk
sing sang sung|sink sank sunk|sit sat|sleep slept|slide slid|speak spoke spoken|spend spent|spin spun
spring sprang sprung|stand stood|steal stole stolen|stick stuck|sting stung|strike struck stricken
strive strove striven|swear swore sworn|sweep swept|swim swam swum|swing swung|take took taken|teach taught
tear tore torn|tell told|think thought|throw threw thrown|tread trod trodden|understand understood|wake woke woken
wear wore worn|weep wept|win won|withdraw withdrew withdrawn|woman women|write wrote written
"""
"""Words whose forms no rule of endings brings together: people ask when a strike began with "begin"."""

_FORMS = {form: listed.split() for listed in re.split(r"[|\n]", _IRREGULAR) for form in listed.split()}

_BRITISH = [
    (re.compile(r"(?<=\w{4})is(?=(?:e[drs]?|ers|ing|ations?)$)"), "iz"),  # recognise
    (re.compile(r"(?<=\w{3})our(?=(?:s|e[dr]|ers|ing|ites?)?$)"), "or"),  # labour
    (re.compile(r"(?<=en)c(?=es?$)"), "s"),  # defence
    (re.compile(r"tre(?=s?$)"), "ter"),  # centre
]
"""What British spelling writes in another way than American."""

_stemmers = threading.local()  # a stemmer keeps the word it works on, so each thread has its own


def word_forms(folded: str) -> list[str]:
    """Return the forms of a folded word that endings do not tell: of an irregular verb, or the word alone."""
    return _FORMS.get(folded, [folded])


@lru_cache(maxsize=50_000)
def stem(folded: str) -> str:
    """Return the stem of a folded word by the English Snowball rules (snowballstem.org, "Porter2")."""
    if not hasattr(_stemmers, "english"):
        import snowballstemmer

        _stemmers.english = snowballstemmer.stemmer("english")
    stemmed: str = _stemmers.english.stemWord(folded)
    return stemmed


@lru_cache(maxsize=50_000)
def _comparable_stem(folded: str) -> str:
    """Return the stem of the first form of a word, in American spelling."""
    spelled = word_forms(folded)[0]
    for british, american in _BRITISH:
        spelled = british.sub(american, spelled)
    stemmed = stem(spelled)
    return stemmed[:-1] if stemmed.endswith("ll") else stemmed  # travelled


def content_stems(found: Iterable[Word]) -> list[str]:
    """Return the stems of the content words, in order: the same for all forms and spellings of a word."""
    return [_comparable_stem(word.folded) for word in found if word.content]


def stem_set(text: str) -> frozenset[str]:
    """Return the content stems of a text."""
    return frozenset(content_stems(words(text)))


def lower_case_words(text: str) -> frozenset[str]:
    """Return the folded words that a text also writes in lower case: they are not names."""
    return frozenset(fold(m.group()) for m in WORD.finditer(text) if m.group()[0].islower())


# The wording of a text: its words and numbers in order, for comparing texts word for word. Case, accents, punctuation
# and white space do not count. Numbers keep the marks between their digits, so that 145 does not occur in 145,000.

_JOINS = "\u00ad\u200b-\u200d\u2060\ufeff"  # soft hyphens and characters without width are parts of words
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0980-\u0dff\u0e31-\u0e4e"  # no letters for re
_LETTERS = r"[^\W_ʼʻ]+"
_WORD = re.compile(rf"{_LETTERS}(?:(?:[{_JOINS}{_MARKS}]+|(?<=\d)[.,](?=\d)){_LETTERS})*[{_MARKS}]*|[$€£¥₹%]")
_UNSEEN = re.compile(f"[{_JOINS}\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text as they are compared, and the span of each in the text."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def places(self, wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield the spans of the text where the wanted words follow one another, in order."""
        if not wanted:
            return
        first, size = wanted[0], len(wanted)
        sought = tuple(wanted)
        for at, word in enumerate(self.words[: len(self.words) - size + 1]):
            if word == first and self.words[at : at + size] == sought:
                yield self.spans[at][0], self.spans[at + size - 1][1]


def wording(text: str) -> Wording:
    """Return the wording of a text."""
    found = [(match.group(), match.span()) for match in _WORD.finditer(text)]
    return Wording(tuple(_folded(word) for word, _ in found), tuple(span for _, span in found))


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKD", word))
    return unicodedata.normalize("NFC", plain).casefold()


_QUOTED = re.compile(r"“([^“”]{1,2000})”|\"([^\"]{1,2000})\"|«([^«»]{1,2000})»")


def quoted(text: str) -> list[str]:
    """Return the words in double quotation marks, without the marks, in order."""
    return [next(part for part in match.groups() if part is not None) for match in _QUOTED.finditer(text)]
