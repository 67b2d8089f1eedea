"""What a message of a conversation may mean: its readings, each a question that can be searched alone.

A message that refers to what came before is not rewritten. It is read with the names or words of the question that
opened the topic before it ("Ostrel Dam: how long was the crack in it?"), or with the person of the last answers that
its "he" or "she" means; the pipeline searches the readings and keeps the one that the articles support best.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from newsqa.search.sources import quotation_in
from newsqa.text.calendar import CALENDAR, MONTHS
from newsqa.text.entities import names, question_names
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import content_stems, fold, lower_case_words, stem_set, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.types import Article, Turn

    ArticleById = Callable[[str], Article | None]

RECENT_TURNS = 8  # turns that are read; older ones have faded
CITED_ARTICLES = 6  # articles of a topic that are kept in mind, the latest cited first
MAX_CHARACTERS = 1_000  # characters of a message that are read; a longer question needs no context
_MARKERS = re.compile(r"\s*\[[0-9,\s]{1,20}\]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message may mean: its own words, and in `context` what they are about, "" if they say so themselves.

    `cited` are the ids of the articles cited on this topic, the latest first; () if it stands alone.
    """

    own: str
    context: str = ""
    cited: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole question, which can be searched and understood alone."""
        return f"{self.context}: {self.own}" if self.context else self.own


@dataclass(frozen=True, slots=True)
class Topic:
    """What the conversation is about: the question that opened the topic, and the last one about it in its own words.

    `cited` are the ids of the articles cited on it, the latest first; `said` are questions and answers, the latest
    first.
    """

    opened: str
    last: str
    cited: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()


def read_in_context(message: str, history: Sequence[Turn], article: ArticleById) -> tuple[Reading, ...]:
    """Return the readings of a message, the likeliest first: at most three, one if it clearly stands alone.

    `article` returns a stored article by its id, or None.
    """
    alone = Reading(message)
    if len(message) > MAX_CHARACTERS or quotation_in(message):
        return (alone,)
    topic = current_topic(history)
    own = strip_opener(message)
    need = dependence(message)
    if topic is None or not own:
        return (alone,)
    stripped = replace(alone, own=own)
    if need == "none":
        return (stripped,)
    articles = [found for one in topic.cited if (found := article(one))]
    titles = " ".join(one.title or "" for one in articles[:1])
    if person := person_meant(own, topic, articles):
        return (Reading(own, person, topic.cited), Reading(own, topic_words(topic.opened, titles), topic.cited))
    in_context = [Reading(own, context, topic.cited) for context in contexts_of(own, topic, titles)]
    if swapped := swap_value(own, topic.last):
        in_context.insert(0, Reading(swapped, cited=topic.cited))
    if (has_reference(own) and len(content_stems(words(own))) <= FEW_ALONE) or _is_bare(own) or _is_elliptic(message):
        return tuple(in_context)  # alone it asks nothing
    if need == "strong" or _is_held(own, articles, topic):
        return (*in_context, stripped)[:3]
    return (stripped, *in_context)[:3]


def contexts_of(own: str, topic: Topic, titles: str = "") -> list[str]:
    """Return what a message may be about, the likeliest first: the topic, or what the last question was about."""
    opened, last = topic_words(topic.opened, titles), topic_words(topic.last, titles)
    if topic.last == topic.opened or not last:
        return [opened]
    both = f"{opened}, {last}"
    if _is_bare(own):
        return [both]
    if not _names_in(topic.last):
        return [opened, both]  # without names the last question alone is about nothing
    return [last, opened] if has_reference(own) else [opened, last]


def topic_words(question: str, titles: str = "") -> str:
    """Return the names of a question, or if it has none its content words: those of the titles if they have any."""
    if named := _names_in(question):
        return ", ".join(named)
    content = [word for word in words(question) if word.content]
    titled = stem_set(titles)
    return " ".join(word.text for word in [w for w in content if titled.issuperset(content_stems([w]))] or content)


def _names_in(question: str) -> list[str]:
    return [name.text for name in question_names(question)]


def current_topic(history: Sequence[Turn]) -> Topic | None:
    """Return what the last turns are about, or None. Turns about the library, and small talk, change nothing."""
    topic: Topic | None = None
    for turn in history[-RECENT_TURNS:]:
        if (
            turn.question.strip()
            and turn.kind not in {"smalltalk", "about_library"}
            and not quotation_in(turn.question)
        ):
            topic = _after(topic, turn)
    return topic


def _after(topic: Topic | None, turn: Turn) -> Topic:
    question = " ".join(turn.question[:MAX_CHARACTERS].split())
    own = strip_opener(question) or question
    standalone = turn.standalone or question
    cited = tuple(dict.fromkeys(citation.article_id for citation in turn.citations))
    answer = "" if turn.refused else " ".join(_MARKERS.sub("", turn.answer[:MAX_CHARACTERS]).split())
    follows = topic is not None and bool(
        turn.kind == "about_answer"
        or (standalone != own and standalone.endswith(own))
        or (dependence(question) != "none" and (turn.refused or not turn.standalone or set(cited) & set(topic.cited)))
    )
    if topic is None or not follows:
        kept = topic.cited if topic and turn.refused else ()
        said = topic.said if topic else ()
        return Topic(standalone, standalone, cited or kept, ((standalone, answer), *said))
    last = own if standalone.endswith(own) else standalone
    return replace(
        topic,
        last=topic.last if turn.refused or turn.kind == "about_answer" or _is_bare(own) else last,
        cited=tuple(dict.fromkeys([*cited, *topic.cited]))[:CITED_ARTICLES],
        said=((standalone, answer), *topic.said),
    )


# Whether a message needs what was said before.

_OPENER = re.compile(
    r"^\s*(?:(?:and|but|so|or|ok|okay|also|then|well|now|no|yes|thanks|thank\s+you)\b[\s,.!:]*|back\s+to\s+)+",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\s*(?:and\s+|but\s+|so\s+)*(?:what|how)\s+about\b|^\s*(?:and|but|or)\b", re.IGNORECASE)
_ASKS = re.compile(r"\W*(?:who|what|which|when|where|why|how)\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\b(?:he|him|his|himself|she|hers?|herself|it|its|they|them|theirs?|these|those"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )there(?!\s+(?:is|are|was|were|be|been|any)\b)"
    r"|(?:this|that)(?=\W*$|\s+(?:happen|mean|affect|about|be|work|cost|take|occur|start|end|come|go|for)\b)"
    r"|(?:the\s+)?(?:same|latter|former|other\s+one)|(?:his|her|its|their)\s+own)\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\bit(?:['’]s)?\s+(?:is\s+)?(?:true|possible|likely|clear|legal|safe|rain|snow)", re.IGNORECASE
)
FEW_ALONE, FEW_WORDS = 2, 4  # content words: a question with more of them says by itself what it is about


def dependence(message: str) -> Literal["strong", "weak", "none"]:
    """Return how much a message needs what was said before: it refers to it, it is short, or neither."""
    own = strip_opener(message)
    named = bool(_names_in(own))
    content = content_stems(words(own))
    if has_reference(own):
        return "strong"
    if _REFERENCE.search(own) and not _EXPLETIVE.search(own):
        return "weak"  # to someone in the message itself, or before it
    if _is_bare(own) or (_ABOUT.match(message) and len(content) <= FEW_WORDS):
        return "strong"
    return "none" if named or len(content) > FEW_WORDS else "weak"


def has_reference(question: str) -> bool:
    """Return True if a question has an "it", "they", "that" or "he" whose meaning it does not say."""
    match = _REFERENCE.search(question)
    if match is None or _EXPLETIVE.search(question):
        return False
    return not question_names(question[: match.start()])


def strip_opener(message: str) -> str:
    """Return a message without the "and", "ok" or "back to" that it begins with."""
    return _OPENER.sub("", message).strip()


def _is_bare(own: str) -> bool:
    """Return True for a message that has no content of its own, such as "why?" or "since when?"."""
    return not stem_set(own) and not any(word.folded[0].isdigit() for word in words(own))


def _is_elliptic(message: str) -> bool:
    """Return True for a question with one content word and no name: "who helped?", "and the week before?"."""
    own = strip_opener(message)
    asks = _ABOUT.match(message) or _ASKS.match(own)
    return bool(asks) and len(content_stems(words(own))) <= 1 and not _names_in(own)


def _is_held(own: str, articles: Sequence[Article], topic: Topic) -> bool:
    """Return True if the articles cited before, or what was said, hold the content words of a message."""
    wanted = stem_set(own)
    said = " ".join(f"{question} {answer}" for question, answer in topic.said[:2])
    held = stem_set("\n".join([said, *map(_whole, articles)]))
    return len(wanted & held) >= len(wanted) / 2


def _whole(article: Article) -> str:
    return f"{article.title or ''}\n{article.text}"


# "And in 2023?", "what about Lund?": a value in the place of the one like it in the last question.

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def swap_value(own: str, question: str) -> str | None:
    """Return the last question with the year, month or name that a message gives in place of its own, or None."""
    bare = re.sub(r"^(?:what|how)\s+about\s+", "", own.strip(" ?.!"), flags=re.IGNORECASE)
    bare = re.sub(r"^(?:in|for|on|at|with|by|from)\s+", "", bare, flags=re.IGNORECASE)
    if _YEAR.fullmatch(bare):
        here = _YEAR.findall(question)
    elif bare.casefold() in MONTHS:
        here = [word.text for word in words(question) if word.capitalised and word.folded in MONTHS]
    elif [name.text for name in names(f"x {bare}")] == [bare]:
        here = [name.text for name in question_names(question) if not CALENDAR.issuperset(name.words)]
    else:
        return None
    return question.replace(here[0], bare) if len(here) == 1 else None


# "He" and "she": a person of the last answers, as the articles speak of them.

_HE_OR_SHE = re.compile(r"\b(?:(?P<he>he|him|his|himself)|(?P<she>she|her|hers|herself))\b", re.IGNORECASE)
_NO_PERSON = re.compile(r"(?:the|in|at|near|from|across|around|outside|inside|into|via|through)\s", re.IGNORECASE)
LEAST_SUPPORT = 0.25  # how much more the articles must say this pronoun of a person than the other
NEAR_TURNS = 3  # turns whose people a pronoun may refer to


def person_meant(own: str, topic: Topic, articles: Sequence[Article]) -> str | None:
    """Return the person that the first "he" or "she" of a message means, or None."""
    match = _HE_OR_SHE.search(own)
    if match is None or _names_in(own[: match.start()]):
        return None
    return _person("he" if match["he"] else "she", own, topic, articles)


def _person(pronoun: str, own: str, topic: Topic, articles: Sequence[Article]) -> str | None:
    """Return the person of the last turns of whom the articles most often say this pronoun."""
    text = "\n".join(_whole(article) for article in articles)
    common = lower_case_words(text)
    best: tuple[float, str] | None = None
    for age, (question, answer) in enumerate(topic.said[:NEAR_TURNS]):
        asked, said = _named(question, common), _named(answer, common)
        in_order = [*said, *asked] if re.match(r"\W*who\b", question, re.IGNORECASE) else [*asked, *said]
        for place, name in enumerate(dict.fromkeys(in_order)):
            if name.casefold() in own.casefold() or not _may_be_person(name, text):
                continue
            counts = pronouns_of(name, text)
            other = counts["she" if pronoun == "he" else "he"]
            support = (counts[pronoun] - 2 * other) / (1 + counts[pronoun] + other)
            weight = support * 0.6**age * 0.9**place
            if support >= LEAST_SUPPORT and (best is None or weight > best[0]):
                best = weight, name
    return best[1] if best else None


def _may_be_person(name: str, text: str) -> bool:
    """Return False for a name that texts mostly write after "the" or a preposition of place."""
    before = [match[1] for match in re.finditer(rf"(\w+ |\W|^){re.escape(name)}\b", text)]
    return sum(bool(_NO_PERSON.match(word)) for word in before) * 2 < max(1, len(before))


def _named(text: str, common: frozenset[str]) -> list[str]:
    return [name.text for name in names(text, common) if not name.text.isupper()]


def pronouns_of(name: str, text: str) -> dict[str, int]:
    """Count the "he" and "she" that follow a name in its sentence or the next one, unless another name is between.

    The last word of the name is looked for.
    """
    counts = {"he": 0, "she": 0}
    last = fold(words(name)[-1].text) if words(name) else ""
    for mentioned, following in _mentions(last, text):
        for part in (mentioned, following):
            match = _HE_OR_SHE.search(part)
            if match and not question_names(part[: match.start()]):
                counts["he" if match["he"] else "she"] += 1
                break
    return counts


def _mentions(last: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield for each sentence with a word what follows the word in it, and the sentence after it."""
    spans = sentence_spans(text)
    for place, (start, end) in enumerate(spans):
        found = next((word for word in words(text[start:end]) if word.folded == last and word.capitalised), None)
        if found:
            after = spans[place + 1] if place + 1 < len(spans) else (end, end)
            yield text[start + found.end : end], text[after[0] : after[1]]
