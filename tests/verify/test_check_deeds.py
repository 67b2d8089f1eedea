"""Who did what to whom, in which order and with what; whom quotes mean without a name. All of it made up."""

import pytest

from newsqa.verify.support import check_support


def stands(sentence, *quotes, context=()):
    return check_support(sentence, quotes, context=context).supported


class TestDeeds:
    @pytest.mark.parametrize(
        ("sentence", "quotes"),
        [
            ("Orla Finch hired Bram Tolk.", ["Bram Tolk hired Orla Finch."]),
            ("Bram Tolk sold the mill to Orla Finch.", ["Bram Tolk bought the mill from Orla Finch."]),
            ("Orla Finch spoke in support of Bram Tolk.", ["Bram Tolk announced his support for Orla Finch."]),
            ("Kell Airways issued a fine against the Lund Transport Office.",
             ["The Lund Transport Office issued a fine against Kell Airways on Monday."]),
            ("Bram Tolk is charged with fraud in the collapse of Kell Bank and Finch Mills.",
             ["Orla Finch is charged with fraud in the collapse of Kell Bank and Tolk Mills.",
              "Tolk is not charged."]),
            ("She has known the judge since she fined him.", ["She has known the judge since he fined her."]),
            ("Bram Tolk left after Orla Finch had resigned.", ["Shortly after Bram Tolk left, Orla Finch resigned."]),
            ("A Danish ship rescued a Norwegian sailor.", ["A Norwegian ship rescued a Danish sailor on Monday."]),
            ("The Kell Bay snow crab harvest is closed again.", ["The Kell Bay king crab harvest is closed again."]),
            ("The yacht lay two kilometres north of Kell.", ["The yacht lay two kilometres south of Kell."]),
        ],
    )  # fmt: skip
    def test_what_is_turned_round_falls(self, sentence, quotes):
        assert not stands(sentence, *quotes)

    @pytest.mark.parametrize(
        ("sentence", "quotes"),
        [
            ("Bram Tolk hired Orla Finch.", ["Orla Finch was hired by Bram Tolk."]),
            ("Orla Finch sold the mill to Bram Tolk.", ["Bram Tolk bought the mill from Orla Finch."]),
            ("Bram Tolk came out in support of Orla Finch.", ["Bram Tolk announced his support for Orla Finch."]),
            ("Orla Finch met Bram Tolk in Kell.", ["Bram Tolk met Orla Finch in Kell."]),
            ("Orla Finch resigned after Bram Tolk left.", ["Bram Tolk left before Orla Finch resigned."]),
            ("Good soil kept the bones whole.", ["The bones stayed whole thanks to good soil."]),
            ("The north-western pier at Kell is closed.", ["The northwestern pier at Kell is closed."]),
        ],
    )
    def test_what_is_told_otherwise_stands(self, sentence, quotes):
        assert stands(sentence, *quotes)


class TestNames:
    @pytest.mark.parametrize(
        ("sentence", "quotes"),
        [
            ("In December Finch closed the mill.", ["Finch closed the mill in December."]),
            ("Exporter Bram Tolk closed the mill.", ["Bram Tolk, who exports flour, closed the mill."]),
            ("The Pentagon closed the camp at Kell.", ["The Defense Department closed the camp at Kell."]),
            ("The Americans closed the camp at Kell.", ["Washington closed the camp at Kell."]),
            ("The mill on North Lund Street burned.", ["The mill on N. Lund St. burned."]),
        ],
    )
    def test_other_names_for_the_same_stand(self, sentence, quotes):
        assert stands(sentence, *quotes)

    def test_what_only_one_is_called_in_the_article_names_it(self):
        context = ("Probe at its goal", "The Wanderer probe left in May. Gale is a comet. The probe needs less fuel.")
        assert stands("The Wanderer needs less fuel.", "The probe needs less fuel.", context=context)
        assert not stands("The Gale needs less fuel.", "The probe needs less fuel.", context=context)

    def test_what_two_are_called_names_neither(self):
        context = (
            "Two probes",
            "The Wanderer probe left in May. The Pilgrim probe follows. The probe needs less fuel.",
        )
        assert not stands("The Pilgrim needs less fuel.", "The probe needs less fuel.", context=context)


class TestNumbers:
    @pytest.mark.parametrize(
        ("sentence", "quotes"),
        [
            ("The number of the injured in Kell was 27, not 38.", ["In Kell 27 were injured, not 38 as was said."]),
            ("Four towns sent no boats.", ["Kell, Lund, Norr and Vask sent no boats."]),
            ("Finch won in three sets.", ["Finch won 6-4, 3-6, 6-1."]),
            ("Finch, 34, is sixteen years older than Tolk.", ["Finch is 34; Tolk is 18."]),
            ("The ferry to Kell left shortly after 9 p.m.", ["The ferry to Kell left at 9:02 p.m."]),
            (
                "Kell will run dry if it stays hot for ten days.",
                ["Kell will run dry if it stays hot to the tenth day."],
            ),
        ],
    )
    def test_what_a_reader_counts_stands(self, sentence, quotes):
        assert stands(sentence, *quotes)

    @pytest.mark.parametrize(
        ("sentence", "quotes"),
        [
            ("The number of the injured in Kell was 38, not 27.", ["In Kell 27 were injured, not 38 as was said."]),
            ("Five towns sent no boats.", ["Kell, Lund, Norr and Vask sent no boats."]),
            ("Finch, 34, is fourteen years older than Tolk.", ["Finch is 34; Tolk is 18."]),
            ("The ferry to Kell left shortly before 9 p.m.", ["The ferry to Kell left at 9:02 p.m."]),
        ],
    )
    def test_what_does_not_come_out_falls(self, sentence, quotes):
        assert not stands(sentence, *quotes)
