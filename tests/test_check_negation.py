"""Denials and opposites in whatever words: those turned round are found, those that say the same are let be."""

import pytest

from newsqa.checks.denial import denial_agrees
from newsqa.checks.opposed import says_opposite
from newsqa.checks.polarity import signed
from newsqa.checks.reading import Proof, read
from newsqa.facts.opposites import opposites, sides
from newsqa.facts.synonyms import root

SAME = [
    ("The skipper could not be saved.", "The skipper died."),
    ("No one was left in the hall.", "The hall was empty."),
    ("The road opened only when the snow had melted.", "The road did not open until the snow had melted."),
    (
        "Venn rejected the claim that the mill had been polluting the river.",
        "Venn denied that the mill had polluted the river.",
    ),
    ("The council turned the plan down.", "The council rejected the plan."),
    ("The mayor refused to sign the deal.", "The mayor said she would not sign the deal."),
    ("The firm kept its prices unchanged.", "The firm did not change its prices."),
    ("He pleaded not guilty to fraud.", "He denied the fraud charges."),
    ("Half of the crew survived.", "Half of the crew were killed and half lived."),
    ("Prices fell in Kell while they rose in Lund.", "In Kell prices dropped, but in Lund they went up."),
    ("The bill failed in the senate.", "The senate did not pass the bill."),
    ("The court struck down the ban.", "The court ruled against the ban."),
    ("Nobody but the captain was hurt.", "Only the captain was hurt."),
    ("The ferry is too old to be repaired.", "The ferry cannot be repaired because of its age."),
    ("The strike has not yet ended.", "The strike goes on."),
    ("The union stopped short of calling a strike.", "The union did not call a strike."),
    ("Schools stayed shut on Monday.", "Schools did not open on Monday."),
    ("The train missed its connection.", "The train did not make its connection."),
    ("The minister ruled out a tax rise.", "The minister said there would be no tax rise."),
    ("The jury cleared Bask of fraud.", "Bask was acquitted of fraud."),
    ("The guards failed to stop the thief.", "The thief was not stopped by the guards."),
    ("The island has no doctor.", "The island is without a doctor."),
    ("Tam scrapped the toll.", "Tam abolished the toll."),
    ("The park opens later than planned, in June.", "The opening of the park, planned for May, was put off to June."),
    ("All but two of the cows were found.", "Two of the cows are still missing."),
    ("He lost his job after the row.", "He was dismissed after the row."),
    (
        "The bank lowered its rate to stop the fall of the crown.",
        "The bank cut rates because the crown was rising too little.",
    ),
    ("The mill will close unless a buyer is found.", "If no buyer is found, the mill will shut."),
    ("The vote was put off.", "The vote did not take place as planned."),
    ("The factory lost 40 jobs as orders grew scarce.", "Forty jobs were cut at the factory when orders dwindled."),
    ("The new bridge replaces the old one of 1901.", "The bridge replaces one built in 1901."),
    (
        "Workers accepted the offer after rejecting an earlier one.",
        "Workers, who had turned down an earlier offer, voted for this one.",
    ),
    ("The dog survived without injury.", "The dog was unhurt."),
    ("The trial starts before Easter.", "The trial is due to begin ahead of Easter."),
    ("The club is still unbeaten.", "The club has not lost a game."),
    ("The museum does not charge on Sundays.", "Admission to the museum is free on Sundays."),
    ("The pilot was never in danger.", "The pilot was safe throughout."),
    ("The firm said it had done nothing wrong.", "The firm denied wrongdoing."),
    ("The patient is no longer in hospital.", "The patient has left hospital."),
]

TURNED = [
    ("The council approved the plan.", "The council turned the plan down."),
    ("He pleaded guilty to fraud.", "He denied the fraud charges."),
    ("The mayor agreed to sign the deal.", "The mayor refused to sign the deal."),
    ("The firm raised its prices.", "The firm cut its prices."),
    ("The court upheld the ban.", "The court struck down the ban."),
    ("Schools reopened on Monday.", "Schools stayed shut on Monday."),
    ("The jury convicted Bask of fraud.", "The jury cleared Bask of fraud."),
    ("The island has a doctor.", "The island has no doctor."),
    ("Tam introduced the toll.", "Tam abolished the toll."),
    ("The dog was killed in the fire.", "The dog survived the fire."),
    ("Most voters turned out.", "Few voters turned out."),
    ("The vote went ahead.", "The vote was called off."),
    ("The museum is open on Sundays.", "The museum is closed on Sundays."),
    ("The club dropped its coach.", "The club stood by its coach."),
    ("The firm met its target.", "The firm missed its target."),
    ("The bank lifted the limit.", "The bank kept the limit in place."),
    ("The old theatre burned down.", "The old theatre was spared by the fire."),
    ("The firm hired 40 people.", "The firm laid off 40 people."),
    ("The mayor attended the funeral.", "The mayor stayed away from the funeral."),
    ("He was released on Friday.", "He was taken into custody on Friday."),
    ("The pilot was able to land.", "The pilot was unable to land."),
    ("The plan is permanent.", "The plan is temporary."),
    ("Helmets are optional for riders.", "Helmets are mandatory for riders."),
    ("The union opposes the merger.", "The union backs the merger."),
    ("The team has won there before.", "It was the team's first win there."),
    ("He remembered where he left the keys.", "He forgot where he had left the keys."),
    ("Crews found no trace of oil.", "Crews found traces of oil."),
    ("The suspect told police everything.", "The suspect told police nothing."),
    ("The storm strengthened overnight.", "The storm weakened overnight."),
    ("The mayor said the water was safe to drink.", "The mayor said the water was not safe to drink."),
    ("Customs seized the paintings.", "Customs returned the paintings."),
    ("Tickets will be cheaper next year.", "Tickets will be more expensive next year."),
    ("The deal excludes farm goods.", "The deal covers farm goods."),
    ("The witness withdrew her statement.", "The witness stuck to her statement."),
    ("The rule applies to small boats too.", "Small boats are exempt from the rule."),
    ("He said yes to the post.", "He declined the post."),
]


def fault(sentence, *quotes):
    return denial_agrees(read(sentence), Proof(quotes))


@pytest.mark.parametrize(("sentence", "quote"), SAME)
def test_a_denial_in_other_words_is_let_be(sentence, quote):
    assert fault(sentence, quote) is None


@pytest.mark.parametrize(("sentence", "quote"), TURNED)
def test_what_was_turned_round_is_told(sentence, quote):
    assert fault(sentence, quote)


@pytest.mark.parametrize(("sentence", "quote"), TURNED)
def test_every_sentence_agrees_with_itself(sentence, quote):
    assert fault(sentence, sentence) is None
    assert fault(quote, quote) is None


def test_opposites_of_different_things_do_not_clash():
    assert not says_opposite("Prices rose in June.", ["Sales fell in June."])
    assert not says_opposite("Prices rose in Kell.", ["Prices fell in Lund, and in Kell prices rose."])


def test_where_both_sides_stand_in_the_quotes_they_tell_nothing():
    quotes = ["The council approved the plan in May.", "The council rejected the plan in June."]
    assert not says_opposite("The council rejected the plan.", quotes)


def test_a_phrase_is_read_as_a_whole():
    assert says_opposite("The board accepted the offer.", ["The board turned the offer down."]) == "accepted"
    assert not says_opposite("The board turned the page.", ["The board accepted the page."])


def test_each_opposite_is_one_of_the_other():
    for word in map(root, ("accept", "convict", "open", "temporary", "majority")):
        assert opposites(word)
        assert all(word in opposites(other) for other in opposites(word))
    assert all(abs(side.side) == 1 and side.parts for side in sides(root("turn")))


@pytest.mark.parametrize(
    ("text", "word", "sign"),
    [
        ("The hall could not be saved.", "saved", -1),
        ("The crew did not find any survivors.", "survivors", -1),
        ("The guests were denied access.", "access", -1),
        ("It has a sail instead of an engine.", "engine", -1),
        ("The bell is too heavy to be lifted.", "lifted", -1),
        ("Tam wasn’t hurt.", "hurt", -1),
        ("The bridge will not open until May.", "open", 0),
        ("Tam did not tell her that the bridge leaked.", "leaked", 0),
        ("Frost is not why the bridge fell.", "fell", 1),
    ],
)
def test_what_a_negation_reaches(text, word, sign):
    assert [one.sign for one in signed(text) if one.word == word] == [sign]
