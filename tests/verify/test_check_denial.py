"""Denials in the quotes that a sentence passes over in words of its own, and those that it may tell otherwise."""

import pytest

from newsqa.verify.checks.denial import check_denials
from newsqa.verify.checks.reading import QuoteText, read

TURNED = [
    ("She did not know who had painted the gate.", "Orla Tresk could say who had painted the gate."),
    ("He knew why the ferry had left.", "He could not explain why the ferry left."),
    ("The accused has said nothing so far, her guard says.", "The accused has already spoken, her guard says."),
    ("But it wasn't overgrazing that ruined the meadow.", "Overgrazing was what ruined the meadow."),
    ("What the robot cannot do, she says, is weld.", "The robot can weld."),
    ("What the robot cannot do, she says, is weld.", "Welding is something that a robot can do."),
    ("Egg sales were slightly lower than a year ago.", "Egg sales came a little above last year's level."),
    ("The mill and its yard are not up for sale.", "The mill and its yard are open to sale."),
    ("The diver said he was fine and refused a blanket.", "The diver was wrapped in a blanket."),
    ("Tar can only be laid once the road is dry.", "Tar can be laid before the road has dried."),
    ("The crew hoped to tow the raft, she said, but the tide was too strong.", "The crew was able to tow the raft."),
    ("Her demand is known: a ban on hunting in the Orrel woods.", "She asks for hunting in the woods to be allowed."),
    ("Hail in early June, which is common, would spoil the plums.", "Plums ripen, but hail in early June is rare."),
    ("Nearly all boats were either sold or burnt prior to the sale.", "Hardly any boats were sold or burnt before it."),
    ("It was the wage on which the talks had failed twice.", "Over the wage the talks had never collapsed."),
    ("Orla Tresk has lost 40 goats, and her cousin has lost more.", "Orla Tresk lost 40 goats, more than her cousin."),
    (
        "To open the hatch by hand would have killed the divers.",
        "Opening the hatch would have been harmless to divers.",
    ),
]
SAME = [
    ("She did not know who had painted the gate.", "Orla Tresk was unable to say who had painted the gate."),
    ("He knew why the ferry had left.", "He could explain why the ferry left."),
    ("The accused has said nothing so far, her guard says.", "The accused has not spoken yet, her guard says."),
    ("The accused said nothing on Monday.", "The accused spoke to nobody on Monday."),
    ("It was overgrazing that ruined the meadow.", "Overgrazing was what ruined the meadow."),
    ("What the robot cannot do, she says, is weld.", "The robot cannot weld."),
    ("What the robot cannot do, she says, is weld.", "Welding is something that a robot cannot do."),
    ("Egg sales were slightly lower than a year ago.", "Egg sales came a little below last year's level."),
    ("The judge lifted the ban on hunting.", "The judge allowed hunting."),
    ("Tresk tried to sell the mill, but the buyer left; she sold it in May.", "Tresk sold the mill in May."),
    ("He refused a lawyer at first, but a lawyer came on Friday.", "He got a lawyer on Friday."),
    ("The union said nothing about pay, and the mayor spoke on Monday.", "The mayor spoke on Monday."),
    ("Egg prices were down on a year ago.", "Egg prices fell over the last year."),
    ("The mill ships less than 40 tonnes a year.", "The mill ships up to 39 tonnes a year."),
    ("The mill and its yard are not up for sale.", "The mill and its yard are closed to any sale."),
    ("The diver said he was fine and refused a blanket.", "A blanket was declined by the diver."),
    ("Tar can only be laid once the road is dry.", "Tar can be laid after the road has dried."),
    ("Tar can only be laid once the road is dry.", "Tar cannot be laid before the road has dried."),
    ("The crew hoped to tow the raft, she said, but the tide was too strong.", "The crew had hoped to tow the raft."),
    ("Her demand is known: a ban on hunting in the Orrel woods.", "She asks for hunting in the woods to be forbidden."),
    ("Hail in early June, which is common, would spoil the plums.", "Plums ripen, but hail in early June is usual."),
    ("Nearly all boats were either sold or burnt prior to the sale.", "Hardly any boats were left unsold before it."),
    ("It was the wage on which the talks had failed twice.", "Over the wage the talks had collapsed before."),
    ("Orla Tresk has lost 40 goats, and her cousin has lost more.", "Orla Tresk lost 40 goats, less than her cousin."),
]


def _told(quote: str, sentence: str) -> str | None:
    return check_denials(read(sentence), QuoteText((quote,)))


@pytest.mark.parametrize(("quote", "sentence"), TURNED)
def test_what_turns_a_denial_round_is_found(quote: str, sentence: str) -> None:
    assert _told(quote, sentence)


@pytest.mark.parametrize(("quote", "sentence"), SAME)
def test_what_denies_in_other_words_is_let_be(quote: str, sentence: str) -> None:
    assert _told(quote, sentence) is None
