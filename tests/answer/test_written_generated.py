"""A draft for every other sample question: what its gold quotes say, true in four forms, and altered in one thing.

Every sentence has the key of the evidence with its quote. Without a judge the facts that answer are in the answer in
the article's words, and nothing altered is. Where no article answers, the draft alters what the best evidence says.
"""

import json
import re
from functools import cache

import pytest
from written_desk import written_desk

from newsqa.settings import Settings
from newsqa.text.calendar import MONTH_NAMES, WEEKDAYS
from newsqa.text.entities import UNITS
from newsqa.text.sentences import sentence_spans
from places import SAMPLE_QUESTIONS

QUESTIONS = [json.loads(line) for line in SAMPLE_QUESTIONS.read_text("utf-8").splitlines()][::2]
DAYS = [day.title() for day in WEEKDAYS]
NUMBERS = [word for word in UNITS if UNITS[word] > 1]
OTHER_WORDS = {"said": "stated", "put": "placed", "found": "discovered", "will": "is going to", "people": "persons"}


def shortened(sentence):
    """Leave out when it was."""
    return re.sub(rf" on (?:{'|'.join(DAYS)})\b(?= [a-z]|\.)", "", sentence, count=1)


def paraphrased(sentence):
    """Say some words in others, and more than the sentence says."""
    told = re.sub(r"\w+", lambda word: OTHER_WORDS.get(word.group(), word.group()), sentence)
    return f"In short, {told[:-1]}, as was reported." if told[-1] in ".”" else told


def last_part_first(sentence):
    """Turn round the parts at the last comma."""
    first, _, last = sentence[:-1].rpartition(", ")
    return f"{last[:1].upper()}{last[1:]}, {first}." if first and "“" not in sentence else sentence


def other(words, found):
    """Return the word that comes three after one, in the same case."""
    return words[(words.index(found) + 3) % len(words)]


def altered(sentence):
    """Yield the sentence with another number, day, month and name, and denied, as far as it has each."""
    yield re.sub(r"\d+(?![\d.,]*\d)", lambda digits: str(3 * int(digits.group()) + 7), sentence)
    yield re.sub(rf"\b(?:{'|'.join(NUMBERS)})\b", lambda word: other(NUMBERS, word.group()), sentence)
    yield re.sub(rf"\b(?:{'|'.join(DAYS)})\b", lambda word: other(DAYS, word.group()), sentence)
    yield re.sub(rf"\b(?:{'|'.join(MONTH_NAMES)})\b", lambda word: other(MONTH_NAMES, word.group()), sentence)
    yield re.sub(r"(?<=[a-z] )(?!I\b)[A-Z][a-z]{3,}", "Quorvel", sentence, count=1)
    yield re.sub(r"\b(was|is|were|are|has|had|will|would|can|could)\b", r"\1 not", sentence, count=1)
    yield f"It is not true that {sentence[:1].lower()}{sentence[1:]}"


def drafted(question, prompt):
    """Return the true and the altered sentences of a draft, each with its key; those altered come round the others."""
    golds = [one["quote"] for one in question["gold"]]
    if not golds:
        piece = prompt.evidence[1].partition("\n")[2]
        golds = [piece[start:end] for start, end in sentence_spans(piece)][:2]
    forms = (str, shortened, paraphrased, last_part_first)
    true, false = [], []
    for n, gold in enumerate(golds):
        key = prompt.key(gold[:60])
        form = forms[(QUESTIONS.index(question) + n) % len(forms)]
        true.append((gold, form(gold), key))
        false += [(gold, one, key) for one in dict.fromkeys(altered(gold)) if one != gold]
    return true, false


def plain(text):
    return " ".join(re.findall(r"\w+", re.sub(r"\[\d+\]", "", text).casefold()))


@pytest.fixture(scope="module")
def answered(sample_index):
    """Answer a question by its draft; return what it was made of and the answer."""
    with written_desk(Settings(index=sample_index, judge="none")) as written:

        def ask(n):
            made = [[], []]

            def reply(prompt):
                if not prompt.evidence:
                    return "NOT FOUND"
                made[:] = drafted(QUESTIONS[n], prompt)
                true, false = made
                rows = [*false[::2], *true, *false[1::2]]
                return " ".join(f"{say[:-1]} [{key}]{say[-1]}" for _, say, key in rows)

            return written.ask(QUESTIONS[n]["question"], reply), made

        yield cache(ask)


@pytest.mark.parametrize("n", range(len(QUESTIONS)), ids=[one["id"] for one in QUESTIONS])
def test_nothing_altered_is_shown(answered, n):
    answer, (_, false) = answered(n)
    texts = {hit.article.id: " ".join(hit.article.text.split()) for hit in answer.retrieved}
    for kept in answer.sentences:
        assert kept.checked_by in {"verbatim", "shortened", "quoted"}
        if kept.checked_by != "shortened":
            assert any(" ".join(kept.text.split()) in text for text in texts.values())
    for gold, say, _ in false:
        assert plain(say) not in plain(answer.text) or plain(say) in plain(gold)


def test_the_facts_that_answer_are_shown(answered):
    """Those that the reranker does not find to answer, such as who is quoted in the next sentence, are left out."""
    held, shown = 0, 0
    for n in (n for n, one in enumerate(QUESTIONS) if one["answerable"]):
        answer, (true, _) = answered(n)
        held += len(true)
        shown += sum(plain(gold) in plain(answer.text) or plain(say) in plain(answer.text) for gold, say, _ in true)
    assert held >= 25
    assert shown >= held - 2


def test_the_drafts_are_as_many_as_they_say(answered):
    made = [answered(n)[1] for n in range(len(QUESTIONS))]
    assert sum(bool(false) for _, false in made) >= 28
    assert sum(len(false) for _, false in made) >= 100
