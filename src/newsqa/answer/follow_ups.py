"""Rules for follow-ups: fragments ("And the drones?", "In May?"), pronouns and descriptions ("the minister")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.text.calendar import WEEKDAYS
from newsqa.text.names import names
from newsqa.text.words import lower_case_words, word_set, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.text.names import Name


_OPENER = re.compile(r"^\s*(?:and|but|so|or|ok|okay|also|then|well|now)\b[\s,]*", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how)\s+about\s+(?P<what>.+?)\s*\??$", re.IGNORECASE | re.DOTALL)
_THE_SAME = re.compile(r"^(?:the\s+same\s+)?(?:for|with|by)\s+(?P<what>.+?)\s*\??$", re.IGNORECASE | re.DOTALL)
_NOUNS = r"(?:\s+(?!{AUX}\b)[\w'’-]+){{0,4}}"
_AUX = (
    r"(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|may|might|must"
    r"|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|didn['’]t|doesn['’]t|don['’]t|hasn['’]t|haven['’]t|won['’]t)"
)
_WH_PHRASE = re.compile(
    rf"^(?P<wh>how\s+(?:many|much|long|far|often|big|old|high|large)|which|what\s+kind\s+of|what|whose|who|whom|when"
    rf"|where|why|how)\b(?P<nouns>{_NOUNS.format(AUX=_AUX)})",
    re.IGNORECASE,
)
_STARTS_WITH_AUX = re.compile(rf"^{_AUX}\b", re.IGNORECASE)
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
WHEN = re.compile(
    rf"\b(?:(?:in|on|since|by|before|after|until|during)\s+)?(?:(?:early|late|mid)[\s-])?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:\s+\d{{4}})?|{_MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s+\d{{4}})?"
    rf"|{_WEEKDAY}|(?:last|this|next)\s+(?:{_WEEKDAY}|{_MONTH}|week|month|year|spring|summer|autumn|fall|winter)"
    rf"|yesterday|today|tomorrow|(?:in|since|by)\s+\d{{4}})\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^(?:why|when|where|who|how|how\s+come|how\s+so|since\s+when|by\s+whom|how\s+(?:many|much|long|often))$"
)
_LEADS_IN = re.compile(r"^(?:(?:in|at|from|to)\s+(?=[A-Z]))?(?:[Tt]he\s+)?", re.IGNORECASE)
_PREPOSITION = re.compile(r"(?:in|on|since|by|before|after|until|during)\s", re.IGNORECASE)
_RELATIVE_TIME = re.compile(rf"{_PREPOSITION.pattern}|(?:last|this|next)\s|yester|today|tomor", re.IGNORECASE)
_NOUN_PHRASE = ("the ", "in ", "at ", "for ", "from ", "its ", "their ")
_PREPOSITIONS = word_set("in on at from to of for by with during since after before")
_PAST_VERBS = word_set("died left took fell won lost came went began rose got were hit")


def strip_opener(question: str) -> str:
    """Return a question without an opening "and", "but" or "so"."""
    return _capitalize(_OPENER.sub("", question, count=1)) if _OPENER.match(question) else question


def has_opener(question: str) -> bool:
    """Return True if a question begins with a word like "and", "but" or "so"."""
    return _OPENER.match(question) is not None


def complete_fragment(fragment: str, previous: str) -> str | None:
    """Return the previous question with a fragment in place of its counterpart there; None if there is none.

    `fragment` has no opener. "How many drones?" after "How many missiles did Halvia launch?" replaces "How many
    missiles"; "What about Kell?" the last name; "In May?" the time.
    """
    bare = fragment.strip().rstrip("?!. ")
    for rule in (_replace_time, _replace_name, _replace_question_word, _replace_counted):
        if completed := rule(bare, previous):
            return completed
    return None


def is_fragment(question: str, *, opened: bool = False) -> bool:
    """Return True for a question without a verb: a question word with nouns, a time, "what about …".

    A bare name is a fragment only after an opener ("And Norr?"), which `opened` says.
    """
    bare = question.strip().rstrip("?!. ")
    if opened and _is_name(_LEADS_IN.sub("", bare)):
        return True
    if _ABOUT.match(bare) or _THE_SAME.match(bare) or _BARE.match(bare.casefold()) or WHEN.fullmatch(bare):
        return True
    if phrase := _WH_PHRASE.match(bare):
        return phrase.end() == len(bare) and _asks_for_count(phrase)
    return len(words(bare)) <= 4 and bare.casefold().startswith(_NOUN_PHRASE)


def topic(question: str) -> str:
    """Return what a question is about: its words without the question word, its auxiliary and the mark."""
    bare = question.strip().rstrip("?!. ")
    if phrase := _WH_PHRASE.match(bare):
        has_noun = phrase["wh"].casefold() not in {"who", "whom", "when", "where", "why", "how"}
        end = _noun_phrase_end(phrase) if has_noun else phrase.end("wh")
        rest = _STARTS_WITH_AUX.sub("", bare[end:].strip(), count=1).strip()
        return f"{bare[phrase.end('wh') : end].strip()} {rest}".strip()
    return _STARTS_WITH_AUX.sub("", bare, count=1).strip()


def _replace_time(bare: str, previous: str) -> str | None:
    about = _ABOUT.match(bare)
    when = about["what"] if about else bare
    if not WHEN.fullmatch(when):
        return None
    if found := list(WHEN.finditer(previous)):
        last = found[-1]
        preposition = _PREPOSITION.match(last.group())
        put = (
            _decapitalize(when)
            if _RELATIVE_TIME.match(when)
            else (preposition.group() if preposition else "in ") + when
        )
        return previous[: last.start()] + put + previous[last.end() :]
    return previous.rstrip("?!. ") + " " + _decapitalize(when) + "?"


def _replace_name(bare: str, previous: str) -> str | None:
    """Replace the last name, or the counted thing, of the previous question."""
    match = _ABOUT.match(bare) or _THE_SAME.match(bare)
    if match is None and _WH_PHRASE.match(bare):
        return None
    what = _LEADS_IN.sub("", match["what"].strip() if match else bare)
    if _is_name(what):
        held = [name for name in names(previous) if not WHEN.fullmatch(name.text)]
        return previous[: held[-1].start] + what + previous[held[-1].end :] if held else None
    countable = what.endswith("s") and not names("of " + what)
    return _replace_counted(f"How many {what}", previous) if countable else None


def _is_name(text: str) -> bool:
    return any(name.text == text for name in names("of " + text))


def _replace_question_word(bare: str, previous: str) -> str | None:
    if bare.casefold() not in {"why", "how", "when", "where", "how come", "how so"}:
        return None
    word = {"how come": "Why", "how so": "How"}.get(bare.casefold(), _capitalize(bare))
    if _STARTS_WITH_AUX.match(previous):
        return f"{word} {_decapitalize(previous)}"
    phrase = _WH_PHRASE.match(previous)
    if phrase and not phrase["nouns"] and phrase["wh"].casefold() in {"when", "where", "why", "how"}:
        return word + previous[phrase.end() :]
    return None


def _replace_counted(bare: str, previous: str) -> str | None:
    """Replace "How many missiles" in the previous question by "How many drones"."""
    here, there = _WH_PHRASE.match(bare), _WH_PHRASE.match(previous)
    if (
        not here
        or not there
        or here.end() != len(bare)
        or not here["nouns"]
        or not there["nouns"]
        or _ABOUT.match(bare)
    ):
        return None
    if here["wh"].casefold() != there["wh"].casefold():
        return None
    return _capitalize(bare) + previous[_noun_phrase_end(there) :]


def _noun_phrase_end(phrase: re.Match[str]) -> int:
    """Return where the nouns after a question word end: before a verb in the past or a preposition."""
    for word in re.finditer(r"[\w'’-]+", phrase["nouns"]):
        if _has_verb([word.group()]) or word.group().casefold() in _PREPOSITIONS:
            return phrase.start("nouns") + len(phrase["nouns"][: word.start()].rstrip())
    return phrase.end("nouns")


def _asks_for_count(phrase: re.Match[str]) -> bool:
    """Return True for a phrase that asks for a count or a choice only: "how many drones", "which ships"."""
    wh = phrase["wh"].casefold()
    nouns = phrase["nouns"].split()
    return wh.startswith(("how many", "how much", "which")) and len(nouns) <= 3 and not _has_verb(nouns)


def _has_verb(nouns: list[str]) -> bool:
    return any(noun.casefold().endswith("ed") or noun.casefold() in _PAST_VERBS for noun in nouns)


def _decapitalize(text: str) -> str:
    """Return a text with a lower-case start, unless that is a month or a weekday."""
    return text if re.match(rf"(?:{_MONTH}|{_WEEKDAY})\b", text, re.IGNORECASE) else text[:1].lower() + text[1:]


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


# The subject of a conversation: the last standalone question, with the people and places in it and in its answer.

ROLES = word_set(
    """
    president minister chancellor premier governor mayor senator congressman congresswoman ambassador envoy secretary
    spokesman spokeswoman spokesperson general admiral commander chief director chairman chairwoman chair judge
    prosecutor lawyer king queen prince princess pope bishop professor doctor captain coach manager player striker
    singer actor actress author writer leader candidate head founder owner engineer scientist economist analyst
    """
)
TITLES = {"mr": "he", "mrs": "she", "ms": "she", "miss": "she", "sir": "he", "lady": "she", "lord": "he"} | {
    "king": "he", "prince": "he", "queen": "she", "princess": "she", "spokesman": "he", "spokeswoman": "she",
    "chairman": "he", "chairwoman": "she", "actress": "she", "congressman": "he", "congresswoman": "she",
}  # fmt: skip
_ABBREVIATED = word_set("dr prof sen rep gov gen lt col maj st pm vice prime foreign defence defense finance state")
_SPEAKS = r"\s+(?:said|says|say|told|tells|tell|added|warned|stated|posted|wrote|argued|insisted|replied|called)\b"
_ORGANISATIONS = word_set(
    """
    ministry department council party union court committee commission agency bank group company corporation
    association federation university institute airlines airways police army navy government parliament congress
    senate assembly club city county river island port bridge street district province region state republic news times
    """
)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|near|across|around|outside|inside|into|from|to)\s+(?:the\s+)?$", re.IGNORECASE)
_LIKELY_PERSON = 3
"""The weight from which on a name is likely a person's, so that the question's is preferred to the answer's."""

_WHO = re.compile(r"\W*(?:who|whom|which\s+\w+|what\s+is\s+the\s+name)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subject:
    """The last standalone question and its answer, "" if it was refused."""

    question: str
    answer: str = ""

    def person(self, pronoun: str | None = None) -> str | None:
        """Return the person that "he" or "she" most likely refers to; None as pronoun allows both.

        After "Who…?" the people of the answer come first, otherwise those of the question.
        """
        texts = [self.question, self.answer]
        if _WHO.match(self.question):
            texts.reverse()
        ranked = [(weight, name) for text in texts for weight, name in sorted(_people(text), key=lambda p: -p[0])]
        fitting = [(weight, name) for weight, name in ranked if pronoun is None or _pronoun_of(name) in {None, pronoun}]
        sure = (name for weight, name in fitting if weight >= _LIKELY_PERSON)
        best = next(sure, None) or next((name for _, name in fitting), None)
        return _strip_titles(best) if best else None

    def place(self) -> str | None:
        """Return the last place that is named."""
        for text in (self.question, self.answer):
            found = [name.text for name in names(text) if _PLACE_BEFORE.search(text[: name.start])]
            if found:
                return found[-1]
        return None

    def role_holder(self, role: str) -> str | None:
        """Return who "the minister" is: the name next to the role."""
        found = [(text, name) for text in (self.question, self.answer) for name in names(text)]
        titled = (name for _, name in found if role in name.words)
        beside = (name for text, name in found if role in _words_around(text, name))
        held = (_strip_titles(name.text) for name in (*titled, *beside))
        return next((name for name in held if name), None)

    def first_name_in_answer(self) -> str | None:
        """Return the first name in the answer that is not in the question."""
        asked = self.question.casefold()
        given = (name.text for name in names(self.answer, lower_case_words(self.answer)))
        return next((name for name in given if name.casefold() not in asked), None)


def _people(text: str) -> Iterator[tuple[int, str]]:
    """Yield the names that may be a person's, each with a weight of how likely that is."""
    common = lower_case_words(text)
    for name in names(text, common):
        weight = _person_weight(text, name)
        if weight > 0:
            yield weight, name.text


def _person_weight(text: str, name: Name) -> int:
    before = text[max(0, name.start - 40) : name.start]
    titled = any(word in ROLES or word in TITLES or word in _ABBREVIATED for word in name.words)
    weight = 1 + 3 * titled + 3 * bool(re.match(_SPEAKS, text[name.end : name.end + 20]))
    weight += 2 * (2 <= len(name.words) <= 3) + 2 * any(word in ROLES for word in _words_around(text, name))
    weight -= 3 * bool(_PLACE_BEFORE.search(before) and not titled)
    weight -= 3 * (before.rstrip().casefold().endswith("the") and not titled)
    return weight - 5 * any(word in _ORGANISATIONS for word in name.words) - 5 * name.text.isupper()


def _words_around(text: str, name: Name) -> set[str]:
    """Return the few words on either side of a name, in its clause."""
    before = re.split(r"[.!?;:]", text[max(0, name.start - 40) : name.start])[-1]
    after = re.split(r"[.!?;:]", text[name.end : name.end + 40])[0]
    near = before.split()[-2:] + (after.split()[:4] if after.startswith(",") else [])
    return {word.strip(",'’\"").casefold() for word in near}


def _pronoun_of(name: str) -> str | None:
    return next((TITLES[w] for w in re.findall(r"\w+", name.casefold()) if w in TITLES), None)


def _strip_titles(name: str) -> str:
    written = name.split()
    while written and (written[0].strip(".").casefold() in ROLES | TITLES.keys() | _ABBREVIATED):
        written = written[1:]
    return " ".join(written)


# References: pronouns and descriptions that refer to an earlier turn.

_PERSONAL = re.compile(r"\b(?P<he>he|him|his|himself)\b|\b(?P<she>she|her|hers|herself)\b", re.IGNORECASE)
_OBJECTS = frozenset({"him", "her"})
_NOUN_FOLLOWS = re.compile(
    r"\s+(?!(?:about|for|in|on|at|to|from|with|by|and|or|after|before|when|during|say|said|do)\b)\w"
)
_THERE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!will )\bthere\b(?!\s+(?:is|are|was|were|be|been|any)\b)", re.IGNORECASE
)
_EXPLETIVE_IT = r"(?!\s+(?:true|possible|likely|clear|legal|safe|rain|snow)\b)"
_REFERENCE = re.compile(
    rf"\b(?:(?P<it>it|its)\b{_EXPLETIVE_IT}|they|them|their|theirs|these|those|he|she|him|his|hers?"
    r"|(?P<that>this|that)(?=\s*(?:$|[?.!,]|happen|mean|affect|about|be\b|work|cost|take|occur|start|end|come|go\b|for\b))"
    r"|(?:this|that)(?=\s+(?:attack|deal|plan|meeting|decision|strike|vote|law|ruling|incident|storm|fire|talk|visit|call"
    r"|speech|report|project|proposal|agreement|case|crash|election|team|company|group|man|woman|person|one)s?\b)"
    r"|(?:the\s+(?:former|latter|same)))\b",
    re.IGNORECASE,
)  # fmt: skip
_AS_OBJECT = re.compile(
    r"\b(?:about|of|for|with|on|to|at|against|over)\s+(?:it|them|this|that)\b|\b(?:it|them)\W*$", re.IGNORECASE
)
"""An object, to which a name before it does not refer."""

_ROLE = re.compile(
    rf"(?<!is )(?<!was )\b[Tt]he\s+(?P<role>{'|'.join(sorted(ROLES))})\b"
    r"(?!\s+(?:of|for|in|at|from)\b|['’]s\s+[A-Z]|\s+[A-Z])"
)


def resolve_people(question: str, subject: Subject) -> str:
    """Return a question with names in place of "he", "her" or "the minister"."""
    return _PERSONAL.sub(lambda match: _resolve_pronoun(match, question, subject), _resolve_roles(question, subject))


def resolve_place(question: str, subject: Subject) -> str:
    """Return a question with the name of a place in place of "there"."""
    place = subject.place()
    return (
        _THERE.sub(f"in {place}", question, count=1) if place and not names(_with_lower_start(question)) else question
    )


def has_open_reference(question: str) -> bool:
    """Return True if a question has an "it", "they", "that" or "he" whose meaning it does not say."""
    match = _REFERENCE.search(question)
    if match is None:
        return False
    own = names(_with_lower_start(question[: match.start()]))
    return not own or match["that"] is not None or _AS_OBJECT.search(question) is not None


def _resolve_pronoun(match: re.Match[str], question: str, subject: Subject) -> str:
    word = match.group().casefold()
    possessive = word in {"his", "hers"} or (word == "her" and _NOUN_FOLLOWS.match(question, match.end()) is not None)
    own = names(_with_lower_start(question[: match.start()]))
    if own and (possessive or word not in _OBJECTS):
        return match.group()  # someone in the question itself
    person = subject.person("he" if match["he"] else "she")
    if person is None or word.endswith("self") or any(name.text in person for name in own):
        return match.group()
    return f"{person}'s" if possessive else person


def _resolve_roles(question: str, subject: Subject) -> str:
    def named(match: re.Match[str]) -> str:
        role_holder = subject.role_holder(match["role"].casefold())
        return f"{match['role']} {role_holder}" if role_holder else match.group()

    return _ROLE.sub(named, question)


def _with_lower_start(text: str) -> str:
    """Return a text with a lower-case first letter, so that its first word is not taken for a name."""
    return text[:1].lower() + text[1:]
