"""Sentences taken apart, cautiously: who did what, in a plain main clause. What is not plain is no clause."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsqa.evals.make.verbs import BASE_OF_PAST, BASE_OF_PRESENT, BASES, PARTICIPLES
from newsqa.evals.make.when import DAY, opening_time
from newsqa.facts.names import names
from newsqa.facts.words import FUNCTION_WORDS, fold, word_set

if TYPE_CHECKING:
    from newsqa.evals.make.when import Time

HELPERS = word_set("was were is are has have had will")
LONGEST_SUBJECT = 9

_DATELINE = re.compile(r"^(?:[A-Z][\w.,/ ]{1,40}(?:\([\w ]+\) )?\s?[–—-]{1,2}\s|[A-Z ,]{4,30} \(\w+\)\s[–—-]\s)")
_ASIDE = re.compile(
    r",\s(?:(?:the\s|a\s)?[\w.’' ]{2,40}\s(?:said|says|announced|reported|confirmed|added|told\s[\w ]{2,20})"
    rf"(?:\s(?:on\s)?(?:{DAY}|in\sa\sstatement))?|according\sto\s[^,]{{3,60}})\.?$"
)
_NOT_PLAIN = re.compile(r"[\"“”«»()\[\]:;?!*|•…/@#]|\s[–—-]+\s|[—–]|\.\.")
_NUMBER_COMMA = re.compile(r"(?<=\d),(?=\d{3})")
_KEPT_COMMA = re.compile(rf"(?<=day),(?=\s(?:{DAY}))|(?<=\d),(?=\s[12]\d{{3}})|(?<=[a-z]),(?=\s(?:Inc|Jr|D\.C)\b)")
_WITHIN_PLACE = re.compile(r"(?<=[a-z]),(?=\s[A-Z][\w.]+(?:\s[A-Z][\w.]+)?(?:,|$))")
_MASK = "\x1f"
_LISTED = re.compile(r"^\s[^,]{1,40}(?:,|\sand\s|\sor\s)")
_SUBORDINATE = word_set("who that which when after before as because while where since until if whose although though")
_DOUBTFUL = word_set(
    """
    not no never if unless whether could may might would should can reportedly allegedly perhaps possibly nearby
    only even instead too well scheduled planned expected due set supposed compared
    """
)
_SECOND_NOUN = re.compile(
    r"(?<!\bof)(?<!\bin)(?<!\bat)(?<!\bfor)(?<!\bon)(?<!\bfrom)(?<!\bto)(?<!\bby)(?<!\bwith)(?<!\band)(?<!\bnear)(?<!\bacross)"
    r"\s(?:the|a|an)\b"
)
"""An article that no little word leads to: a verb that is not in our list stands before it."""

_OTHER_VERBS = word_set(
    "stays stayed remains remained seems seemed looks looked gets lies lay stands stood said says told tells added"
)
_BEFORE_NAMES = FUNCTION_WORDS | word_set("former outgoing incoming late striking local ex fellow police veteran")
_SKIPPED = word_set("also both all recently officially formally finally previously already since later then first")


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause: “the ferry | was | closed | for repairs”; `helper` is "" where the verb stands alone.

    `subject` begins in lower case unless a name opens it; `verb` and `rest` are as written. `opening` is a time that
    stood before the subject.
    """

    subject: str
    helper: str
    verb: str
    rest: str
    opening: Time | None = None

    @property
    def past(self) -> bool:
        """Whether it tells of what has happened."""
        return self.helper in {"was", "were", "had", "has", "have"} or (not self.helper and self.verb in BASE_OF_PAST)

    def with_opening(self, rest: str) -> str:
        """Return the rest with the time that stood before the subject, which a question keeps at its end."""
        return f"{rest} {self.opening.phrase}" if self.opening else rest

    def asked(self, opener: str, rest: str) -> str:
        """Turn the clause into a question: the opener, the helper before its subject, and what is left of the rest."""
        helper, verb = self.helper, self.verb
        if not helper:
            base = BASE_OF_PAST.get(verb)
            helper, verb = ("did", base) if base else ("does", BASE_OF_PRESENT[verb])
        return question(f"{opener} {helper} {self.subject} {verb} {rest}")


def plain(sentence: str) -> str | None:
    """Return a sentence without dateline and “…, police said”; None where it is no plain statement."""
    text = " ".join(_DATELINE.sub("", sentence).split())
    text = _ASIDE.sub(".", text)
    if not text.endswith(".") or not text[0].isupper() or _NOT_PLAIN.search(text):
        return None
    told = {fold(word) for word in re.findall(r"[\w’']+", text) if word != "May"}
    return None if told & _DOUBTFUL or re.search(r"n['’]t\b", text) else text.removesuffix(".")


def clause_of(sentence: str, common: frozenset[str], proper: frozenset[str]) -> Clause | None:
    """Take a sentence apart; None where its parts are not plain to see.

    `common` and `proper` hold the folded words that the article writes in lower case, and with a capital inside a
    sentence: by them the first word is told to be a name or none.
    """
    text = plain(sentence)
    if text is None:
        return None
    opening, text = opening_time(text)
    text = first_part(text)
    if text is None:
        return None
    found = _parted(text)
    if found is None or not _opens_subject(found.subject) or another_verb(found.rest):
        return None
    return replace(found, subject=lowered(found.subject, common, proper), opening=opening)


def first_part(text: str) -> str | None:
    """Return a text up to its first comma that parts clauses; None where the comma opens a list."""
    text = _WITHIN_PLACE.sub(_MASK, text)
    masked = _KEPT_COMMA.sub(_MASK, _NUMBER_COMMA.sub(_MASK, text))
    head, comma, tail = masked.partition(",")
    if comma and re.search(r"\s[A-Z][\w’']*$", head) and re.match(r"\s[A-Z]", tail):
        return None  # “the Milan, Italy market”
    if comma and (_LISTED.match(tail) and not re.match(r"\s(?:and|but|while|who|which|when|after|as)\s", tail)):
        return None
    return head.replace(_MASK, ",")


def lowered(text: str, common: frozenset[str], proper: frozenset[str]) -> str:
    """Write the first word in lower case unless it is a name's."""
    found = names(text, common)
    first, _, then = text.partition(" ")
    if any(letter.isupper() or letter.isdigit() for letter in first[1:]):
        return text
    run = bool(found) and found[0].start == 0 and (len(found[0].words) > 1 or fold(first.partition("-")[0]) in proper)
    named = run or (not first.endswith("ed") and then[:1].isupper() and fold(first) not in _BEFORE_NAMES)
    return text if named else text[:1].lower() + text[1:]


def _parted(text: str) -> Clause | None:
    tokens = text.split()
    for place, token in enumerate(tokens[1 : LONGEST_SUBJECT + 1], 1):
        if fold(token) in _SUBORDINATE or fold(token) in _OTHER_VERBS or "," in token:
            return None
        subject, after = " ".join(tokens[:place]), tokens[place + 1 :]
        if token in HELPERS:
            return _helped(subject, token, after)
        if token in BASE_OF_PAST and re.match(r"by\s(?!\d)", " ".join(after)):
            return None  # “a band formed by Wick Records”: a participle
        if token in BASE_OF_PAST or token in BASE_OF_PRESENT:
            return Clause(subject, "", token, " ".join(after))
    return None


def _helped(subject: str, helper: str, after: list[str]) -> Clause | None:
    while after and after[0] in _SKIPPED:
        after = after[1:]
    fitting = BASES if helper == "will" else PARTICIPLES
    if helper == "will" and after[:1] == ["be"] and len(after) > 1 and after[1] in PARTICIPLES:
        return Clause(subject, helper, f"be {after[1]}", " ".join(after[2:]))
    if after[:1] == ["been"] and len(after) > 1 and after[1] in PARTICIPLES:
        return Clause(subject, helper, f"been {after[1]}", " ".join(after[2:]))
    if not after or after[0] not in fitting or after[0] == "be":
        return _has(subject, helper, after)
    return Clause(subject, helper, after[0], " ".join(after[1:]))


def _has(subject: str, helper: str, after: list[str]) -> Clause | None:
    """Read “the town has 12 bridges”, where the helper is the verb."""
    return Clause(subject, "", helper, " ".join(after)) if helper == "has" and after and after[0] != "been" else None


def another_verb(rest: str) -> bool:
    """Whether a second verb follows that no “who” or “when” opens: the first one was a participle, or two clauses."""
    open_clause = joined = False
    for token in rest.split():
        word = fold(token)
        open_clause = open_clause or word in _SUBORDINATE
        joined = joined or word in {"and", "but", "or"}
        if not open_clause and (word in HELPERS or (joined and (word in BASE_OF_PAST or word.endswith("ed")))):
            return True
    return False


def _opens_subject(subject: str) -> bool:
    """Whether a subject reads as one: it begins with an article or a noun, and holds no day and no other verb."""
    first = subject.split(maxsplit=1)[0]
    if (
        _SECOND_NOUN.search(subject)
        or re.search(DAY, subject)
        or any(re.fullmatch(r"[a-z]+ed|how|what|that", token) for token in subject.split())
    ):
        return False
    return fold(first) in {"the", "a", "an", "more", "most"} or fold(first) not in FUNCTION_WORDS or first.isupper()


def question(text: str) -> str:
    """Write a question: without “also”, with its mark."""
    return " ".join(word for word in text.split() if word != "also").rstrip(" ,.") + "?"
