"""Follow-ups that are no sentence: "And the drones?", "How many?", "What about Kell?", "In May?"."""

from __future__ import annotations

import re

from newsqa.text.calendar import WEEKDAYS
from newsqa.text.names import names
from newsqa.text.words import word_set, words

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
_SAYS_WHEN = re.compile(rf"{_PREPOSITION.pattern}|(?:last|this|next)\s|yester|today|tomor", re.IGNORECASE)
_NOUN_PHRASE = ("the ", "in ", "at ", "for ", "from ", "its ", "their ")
_PREPOSITIONS = word_set("in on at from to of for by with during since after before")
_PAST_VERBS = word_set("died left took fell won lost came went began rose got were hit")


def without_opener(question: str) -> str:
    """Take an opening "and", "but", "so" away."""
    return _capital(_OPENER.sub("", question, count=1)) if _OPENER.match(question) else question


def opens_as_follow_up(question: str) -> bool:
    """Whether a question begins with a word that ties it to the one before."""
    return _OPENER.match(question) is not None


def complete(fragment: str, previous: str) -> str | None:
    """Make a fragment whole by putting it in its place in the previous question; None where it has no place there.

    `fragment` has no opener. "How many drones?" after "How many missiles did Halvia launch?" takes the place of "How
    many missiles"; "What about Kell?" that of the last name; "In May?" that of the time.
    """
    bare = fragment.strip().rstrip("?!. ")
    for way in (_another_time, _another_thing, _why, _another_count):
        if whole := way(bare, previous):
            return whole
    return None


def is_fragment(question: str, *, opened: bool = False) -> bool:
    """Whether a question has no verb of its own: a question word with nouns, a time, "what about …".

    A bare name is one only where a word before it `opened` it as a follow-up: "And Norr?".
    """
    bare = question.strip().rstrip("?!. ")
    if opened and _is_name(_LEADS_IN.sub("", bare)):
        return True
    if _ABOUT.match(bare) or _THE_SAME.match(bare) or _BARE.match(bare.casefold()) or WHEN.fullmatch(bare):
        return True
    if phrase := _WH_PHRASE.match(bare):
        return phrase.end() == len(bare) and _counts(phrase)
    return len(words(bare)) <= 4 and bare.casefold().startswith(_NOUN_PHRASE)


def topic_of(question: str) -> str:
    """Return what a question is about: its words without the question word, its auxiliary and the mark."""
    bare = question.strip().rstrip("?!. ")
    if phrase := _WH_PHRASE.match(bare):
        has_noun = phrase["wh"].casefold() not in {"who", "whom", "when", "where", "why", "how"}
        end = _noun_phrase_end(phrase) if has_noun else phrase.end("wh")
        rest = _STARTS_WITH_AUX.sub("", bare[end:].strip(), count=1).strip()
        return f"{bare[phrase.end('wh') : end].strip()} {rest}".strip()
    return _STARTS_WITH_AUX.sub("", bare, count=1).strip()


def _another_time(bare: str, previous: str) -> str | None:
    about = _ABOUT.match(bare)
    when = about["what"] if about else bare
    if not WHEN.fullmatch(when):
        return None
    if found := list(WHEN.finditer(previous)):
        last = found[-1]
        preposition = _PREPOSITION.match(last.group())
        put = _uncapital(when) if _SAYS_WHEN.match(when) else (preposition.group() if preposition else "in ") + when
        return previous[: last.start()] + put + previous[last.end() :]
    return previous.rstrip("?!. ") + " " + _uncapital(when) + "?"


def _another_thing(bare: str, previous: str) -> str | None:
    """Put another name, or another counted thing, where the previous question had one of its kind."""
    match = _ABOUT.match(bare) or _THE_SAME.match(bare)
    if match is None and _WH_PHRASE.match(bare):
        return None
    what = _LEADS_IN.sub("", match["what"].strip() if match else bare)
    if _is_name(what):
        held = [name for name in names(previous) if not WHEN.fullmatch(name.text)]
        return previous[: held[-1].start] + what + previous[held[-1].end :] if held else None
    countable = what.endswith("s") and not names("of " + what)
    return _another_count(f"How many {what}", previous) if countable else None


def _is_name(text: str) -> bool:
    return any(name.text == text for name in names("of " + text))


def _why(bare: str, previous: str) -> str | None:
    if bare.casefold() not in {"why", "how", "when", "where", "how come", "how so"}:
        return None
    word = {"how come": "Why", "how so": "How"}.get(bare.casefold(), _capital(bare))
    if _STARTS_WITH_AUX.match(previous):
        return f"{word} {_uncapital(previous)}"
    phrase = _WH_PHRASE.match(previous)
    if phrase and not phrase["nouns"] and phrase["wh"].casefold() in {"when", "where", "why", "how"}:
        return word + previous[phrase.end() :]
    return None


def _another_count(bare: str, previous: str) -> str | None:
    """Put "How many drones" where the previous question has "How many missiles"."""
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
    return _capital(bare) + previous[_noun_phrase_end(there) :]


def _noun_phrase_end(phrase: re.Match[str]) -> int:
    """Return where the nouns after a question word end: before a verb in the past or a preposition."""
    for word in re.finditer(r"[\w'’-]+", phrase["nouns"]):
        if _verbal([word.group()]) or word.group().casefold() in _PREPOSITIONS:
            return phrase.start("nouns") + len(phrase["nouns"][: word.start()].rstrip())
    return phrase.end("nouns")


def _counts(phrase: re.Match[str]) -> bool:
    """Whether a bare question phrase asks for nothing but a count or a choice: "how many drones", "which ships"."""
    wh = phrase["wh"].casefold()
    nouns = phrase["nouns"].split()
    return wh.startswith(("how many", "how much", "which")) and len(nouns) <= 3 and not _verbal(nouns)


def _verbal(nouns: list[str]) -> bool:
    return any(noun.casefold().endswith("ed") or noun.casefold() in _PAST_VERBS for noun in nouns)


def _uncapital(text: str) -> str:
    """Begin in lower case, but leave a month or a weekday its capital."""
    return text if re.match(rf"(?:{_MONTH}|{_WEEKDAY})\b", text, re.IGNORECASE) else text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
