"""Words whose full stop may not end a sentence, for the splitter in `sentences`.

The lists were written for English-language news; they are matched with the capitals given here.
"""

from __future__ import annotations


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# stand before a name: never the end of a sentence
TITLES = _words(
    "Mr Mrs Ms Mx Dr Prof Sen Sens Rep Reps Gov Govs Gen Lt Col Capt Sgt Cpl Pvt Maj Adm Cmdr Brig Rev Revd Fr Hon "
    "Pres Supt Msgr Amb Atty Det Insp Ald Cllr Sec Asst Messrs Mme Mlle Dra Sra Herr Mgr Cpt Spc Ens "
    "eg ie cf vs v viz approx ca e.g i.e incl"
)

# stand before a number: the end of a sentence only where no number follows
NUMBERED = _words(
    "No Nos no nos Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec p pp Vol vol Ch ch Fig fig Figs Art art "
    "Sect sec para Ref Ex Op Nr c"
)

# may stand inside or at the end: the end only where the next word opens sentences
OPEN = _words(
    "St Ste Mt Ft Jr Sr Inc Corp Co Cos Ltd Bros Esq Ave Blvd Rd Dept Univ Assn Assoc Natl Intl Bldg Hwy "
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn "
    "Tenn Tex Va Vt Wash Wis Wyo Ont Que Alta Sask "
    "Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun est al dept min max mins hrs yrs lbs PhD Ph.D"
)

# words that open a sentence far more often than they follow an abbreviation inside one
OPENERS = _words(
    "The A An It He She They We I You This That These Those There In On At But And As If When While After Before "
    "However For His Her Their Its Our My Your Some Many Most More Few Not Now So Still Since Then Meanwhile Other "
    "Others All Both Each Every With Without Within By From To Of What Who Where Why How Which Is Are Was Were Do Does "
    "Did Has Have Had Can Could Will Would Should May Might Here Yet Although Though Despite According Also Another "
    "Last Later Earlier During Under Over Until Nor Or One Two Three Because Instead Once Today Yesterday Only "
    "Even Just Such Thus Therefore Moreover Nearly About Among Between Across Against Officials Police "
    "Analysts Critics Nobody Everyone Nothing Let Let's Unlike Whether It's He's She's They're We're I'm "
    "That's There's"
)

# follow "6 p.m." inside a sentence
AFTER_HOUR = _words(
    "ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET CEST IST JST AEST Eastern Central Mountain Pacific "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec"
)

# a letter after one of these names a thing: "Plan B." may end a sentence, "J. D." may not
LETTERED = _words(
    "Plan plan Vitamin vitamin Group group Hepatitis hepatitis Class class Type type Appendix Section section "
    "Part part Grade grade Team team Series Schedule Gate gate Hall Zone zone Block block Site site Unit unit "
    "Route Line line and or than as with Generation Gen grade influenza Exhibit Terminal terminal"
)

# tell who spoke: “Why?” Maria Stern asked.
SAYING = "said|says|asked|asks|told|added|adds|wrote|writes|posted|replied|cried|shouted|tweeted|wondered|exclaimed"
