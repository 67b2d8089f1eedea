"""Denials and opposites in whatever words: those turned round are found, those that say the same are let be."""

import pytest

from newsqa.verify.checks.denial import check_denials
from newsqa.verify.checks.opposed import says_opposite
from newsqa.verify.checks.polarity import signed
from newsqa.verify.checks.reading import QuoteText, read
from newsqa.verify.facts.opposites import opposites, sides
from newsqa.verify.facts.synonyms import root

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
    ("The airline cancelled its flights to Norr.", "The airline will not fly to Norr."),
    ("The senator will not seek another term.", "The senator is stepping down at the end of her term."),
    (
        "The government lifted the curfew that it had imposed in May.",
        "The curfew, imposed in May, was lifted by the government.",
    ),
    ("Only one of the nine bridges stayed open.", "Eight of the nine bridges were closed."),
    ("The company said it was not to blame for the leak.", "The company denied responsibility for the leak."),
    ("Police let the two men go without charge.", "The two men were released and will not be charged."),
    ("The bank has not decided whether to raise rates.", "Whether to raise rates has yet to be decided by the bank."),
    ("The film failed to win any prizes.", "The film won no prizes."),
    (
        "The storm spared the harbour but destroyed the mill.",
        "The mill was wrecked by the storm, while the harbour escaped damage.",
    ),
    ("Nearly all pupils passed.", "Hardly any pupils failed."),
    ("The judge refused bail, so Venn remains in custody.", "Venn stays in jail after the judge denied him bail."),
    (
        "The museum reopened after being closed for two years.",
        "Closed for two years, the museum has opened its doors again.",
    ),
    ("The tax will fall from 9 to 7 per cent.", "The tax will be cut from 9 to 7 per cent."),
    (
        "The workers ended their strike and returned to the mill.",
        "The strike is over and the workers are back at the mill.",
    ),
    ("He resigned rather than apologise.", "He did not apologise; he resigned instead."),
    ("The new law makes it illegal to feed gulls.", "Feeding gulls is banned under the new law."),
    ("The mayor dismissed claims that the bridge was unsafe.", "The mayor insisted that the bridge was safe."),
    ("The firm will keep its factory in Kell open.", "The firm will not close its factory in Kell."),
    ("Investors withdrew their money from the fund.", "Investors pulled out of the fund."),
    ("Turnout was lower than in 2027.", "Fewer people voted than in 2027."),
    (
        "The union accepted the pay offer although half of its members had opposed it.",
        "The pay offer, opposed by half of the members, was accepted by the union.",
    ),
    ("The cause of the fire remains unknown.", "It is not known what caused the fire."),
    ("The two countries broke off talks.", "The talks between the two countries were suspended."),
    ("The pilot survived, but two passengers died.", "Two passengers were killed; the pilot lived."),
    (
        "The ship left Kell on Monday and arrived in Norr on Friday.",
        "The ship, which departed from Kell on Monday, reached Norr on Friday.",
    ),
    ("The ministry warned people not to drink the water.", "The ministry said the water was unsafe to drink."),
    ("The ban will be eased, but not lifted.", "The ban stays, though in a milder form."),
    ("Shares opened higher but closed lower.", "Shares rose at first but ended the day down."),
    ("The verdict was overturned on appeal.", "An appeal court quashed the verdict."),
    ("The law was passed despite the opposition of the bishops.", "The bishops opposed the law, but it was passed."),
    ("The island lost its last shop last year.", "Since last year there has been no shop on the island."),
    ("He has never been to Norr.", "He has not visited Norr before."),
    ("The council voted against closing the pool.", "The pool will stay open, the council decided."),
    ("Many farmers were against the dam and few were for it.", "Most farmers opposed the dam."),
    (
        "The bus was late because the driver forgot his key.",
        "The bus did not leave on time, as the driver had forgotten his key.",
    ),
    ("The exhibition is free for children but adults must pay.", "Adults pay for the exhibition; children do not."),
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
    ("Police charged the two men.", "Police released the two men without charge."),
    ("The film won several prizes.", "The film won no prizes."),
    ("The harbour was destroyed by the storm.", "The harbour was spared by the storm."),
    ("Hardly any pupils passed.", "Nearly all pupils passed."),
    ("Venn was granted bail.", "Venn was refused bail."),
    ("The tax will rise from 7 to 9 per cent.", "The tax will fall from 9 to 7 per cent."),
    ("The law allows people to feed gulls.", "The law forbids people to feed gulls."),
    ("The mayor admitted that the bridge was unsafe.", "The mayor denied that the bridge was unsafe."),
    ("The firm will close its factory in Kell.", "The firm will keep its factory in Kell open."),
    ("The cause of the fire is known.", "The cause of the fire remains unknown."),
    ("The two countries resumed talks.", "The two countries broke off talks."),
    ("The pilot died.", "The pilot survived."),
    ("The verdict was upheld on appeal.", "The verdict was overturned on appeal."),
    (
        "The law was passed with the support of the bishops.",
        "The law was passed despite the opposition of the bishops.",
    ),
    ("He has been to Norr.", "He has never been to Norr."),
    ("The council voted for closing the pool.", "The council voted against closing the pool."),
    ("The bus was early.", "The bus was late."),
    ("Children must pay for the exhibition.", "Children do not pay for the exhibition."),
    ("The guards stopped the thief.", "The guards failed to stop the thief."),
    ("The minister supports the plan.", "The minister is opposed to the plan."),
    ("The captain was the last to leave the ship.", "The captain was the first to leave the ship."),
    ("The doctor doubted the diagnosis.", "The doctor confirmed the diagnosis."),
    ("The bank ignored the warning.", "The bank heeded the warning."),
    ("Aid has reached the island.", "Aid has not yet reached the island."),
    ("Sales beat forecasts.", "Sales fell short of forecasts."),
    ("The players went back on their decision.", "The players stood by their decision."),
    ("The port will be privatised.", "The port will be nationalised."),
    ("The museum refused to return the mask.", "The museum agreed to return the mask."),
    ("The general was loyal to the king.", "The general was disloyal to the king."),
    ("The mayor lost the election.", "The mayor won the election."),
    ("The dispute was settled.", "The dispute remains unresolved."),
    ("The factory uses no coal.", "The factory still uses coal."),
    ("The dog was found dead.", "The dog was found alive."),
    ("The club extended his contract.", "The club cut short his contract."),
    ("The witness identified Bask.", "The witness could not identify Bask."),
    ("The crew left the cat behind.", "The crew took the cat with them."),
]


def fault(sentence, *quotes):
    return check_denials(read(sentence), QuoteText(quotes))


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
