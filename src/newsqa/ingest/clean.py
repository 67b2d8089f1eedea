"""Removes whole lines that are not part of the article. No word is ever rewritten, and doubtful lines stay.

Three kinds of lines are removed: those that are never news, anywhere in the text ("Advertisement"); those that open a
box after the article's end, with the box ("Leave a Reply" and the form below); and those that an outlet repeats in many
of its articles.
"""

from __future__ import annotations

import re
from string import whitespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


# Lines of news pages that are not news, in English, German, French and Spanish, matched regardless of case. A pattern
# must match the whole line, or
# (BOX) begin with words that no sentence of an article begins with. Marks around a line (bullets, dashes, a final stop)
# are stripped before it is matched.


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_NETWORK = (
    r"(?:facebook|twitter|x|instagram|linked ?in|whats ?app|telegram|reddit|pinterest|tik ?tok|youtube|threads|"
    r"bluesky|mastodon|e-?mail|google news|apple news|flipboard|messenger|snapchat|truth social)"
)

LISTING = _any_of(
    r"also read|read also|read more|read next|further reading|others? (?:are )?(?:also )?read(?:ing)?(?: now)?",
    r"related(?: (?:articles?|stories|posts|news|topics|content|coverage|links?|reading))?|see also|"
    r"more on this(?: story)?",
    r"recommended(?: (?:for you|stories|articles|reading))?|you (?:may|might) (?:also )?(?:like|be interested in)",
    r"most (?:read|popular|viewed|shared)|trending(?: now)?|editors?['’]s? picks?|don['’]t miss|more from .{2,40}",
    r"top stories|popular now|up next|more stories|latest news|what to read next",
    r"mehr zum thema|lesen sie auch|das könnte sie auch interessieren|weitere (?:artikel|themen|meldungen)|"
    r"meistgelesen|zum thema|verwandte (?:artikel|themen)|auch interessant|empfohlene artikel",
    r"à lire aussi|lire aussi|sur le même (?:sujet|thème)|les plus lus|lee también|te puede interesar|"
    r"noticias relacionadas|lo más (?:leído|visto)",
)

ALONE = _any_of(
    LISTING.pattern,
    r"\W*advertis(?:e)?ments?\W*|ad|story continues (?:below|after)(?: (?:the )?advertisement)?",
    r"article continues (?:below|after)(?: (?:the |this )?(?:advertisement|ad|promotion|newsletter promotion))?",
    r"advertisement[ ,–—-]+(?:scroll|continue|story|article).{0,60}|scroll (?:down )?to continue(?: reading)?",
    r"skip (?:to (?:main )?content|past newsletter promotion|advertisement|to navigation)|sponsored(?: content)?",
    r"share|share this(?: (?:article|story|post|page|on\W*))?|share (?:article|story|on social media)",
    rf"(?:share|tweet|post|pin|send)(?: this)?(?: (?:on|to|via|by))? {_NETWORK}(?: \(opens in new window\))?",
    r"(?:click to )?(?:share|print|email)(?: (?:this|a link))?(?: .{0,40})? \(opens in new window\)",
    r"copy (?:the )?link|link copied|print(?: this (?:page|article|story))?|e-?mail this(?: (?:article|story))?",
    rf"{_NETWORK}(?:\s*[|,·/]?\s+{_NETWORK}){{1,8}}",
    r"your email address will not be published\.?(?: required fields are marked\W*)?|required fields are marked\W*",
    r"save my name, (?:and )?e-?mail,? (?:address )?and website in this browser for the next time i comment",
    r"you must be logged in to (?:post a comment|comment|reply)|log in to (?:leave a )?(?:comment|reply)|"
    r"cancel reply",
    r"be the first to comment|this site uses akismet.{0,120}|notify me of (?:new|follow-?up) (?:posts|"
    r"comments).{0,40}",
    r"post comment|submit comment|load(?: more)? comments|view (?:all )?\d* ?comments|show comments",
    r"comments? (?:are )?(?:closed|disabled|off)(?: (?:for|on) this (?:article|post|story))?|\d+ (?:comments|"
    r"shares|views|likes)",
    r"please select your preff?err?ed mode of payment",
    r"accept(?: all)?(?: cookies)?|reject all(?: cookies)?|manage (?:choices|cookies|preferences)|"
    r"cookie (?:policy|settings)",
    r"(?:all )?rights reserved|(?:copyright )?(?:©|\(c\)) ?(?:19|20)\d\d.{0,120}|copyright (?:19|20)\d\d.{0,120}",
    r".{0,40}(?:©|\(c\)) (?:19|20)\d\d .{0,80}|copyright .{0,60}all rights reserved.{0,120}",
    r"subscribe(?: now| today)?|sign up(?: now| today| here| for free)?|log ?in|sign in|register(?: now)?|"
    r"enter your e-?mail.{0,30}",
    r"newsletter(?: sign-?up)?|e-?mail address|your e-?mail(?: address)?|join our (?:newsletter|mailing list)",
    r"back to top|toggle (?:menu|navigation)|close menu|main menu|terms of (?:use|service)|privacy policy",
    r"\d{1,2}[ -]min(?:ute)?s? read|listen to (?:this )?article|play audio|read aloud|listen \d+:\d\d",
    r"the (?:post|article) .{1,250} (?:first appeared|appeared first) on .{2,80}|"
    r"der beitrag .{1,250} erschien zuerst auf .{2,80}",
    r"previous (?:article|post|story)|next (?:article|post|story)|load more|show more|view more|see more|"
    r"click to (?:expand|enlarge)",
    r"(?:photo|photograph|picture|image|credit|photo credit|image credit|foto|fotos|bild|bildquelle|bildnachweis|"
    r"crédit(?: photo)?|photographie|fotografía|imagen)s?\s?[:©/]\s?"
    r"(?-i:(?:[A-ZÀ-Þ\d][\w.’'&-]*|/|©|&|von|de|for|via|of|and|und|et|y|dpa)(?:[\s,/|]+|\Z)){1,9}",
    r"anzeige|werbung|advertorial|publicité|publicidad|(?:artikel|beitrag|seite) (?:teilen|drucken|empfehlen|merken)|"
    r"teilen|drucken|merken|kommentieren|kommentare?(?: \(\d+\))?|\d+ kommentare?|zur startseite|zum kommentarbereich|"
    r"nach oben|mehr anzeigen|weiterlesen|jetzt (?:abonnieren|anmelden|registrieren)|newsletter abonnieren",
    r"partager(?: (?:cet article|sur .{2,20}))?|imprimer|commenter|s['’]abonner|lire la suite|compartir|imprimir|"
    r"comentar|suscríbete|leer más|lesezeit:? \d+ min(?:uten|\.)?|\d+ min(?:uten)? lesezeit",
)

BOX = _any_of(
    r"(?:also read|read also|read more|read next|see also|related|recommended|don['’]t miss|"
    r"more from \w+)(?: (?:on|at|here|story|article|coverage))?\s?[:|»›→–—]\s?\S",
    r"(?:click|tap) here to (?:read|subscribe|sign|join|follow|donate|watch|listen|get|download|support)",
    rf"follow (?:us|our (?:page|channel|coverage)|\w+(?: \w+){{0,3}}) on (?:our )?{_NETWORK}\b(?! for (?:years|"
    rf"months|days)).{{0,120}}$",
    rf"(?:like|find|join|connect with) us on {_NETWORK}\b|join (?:our|the) (?:whats ?app|telegram|"
    rf"facebook) (?:channel|group|community)",
    r"(?:sign up|subscribe|register)(?: (?:now|here|today))? (?:to|for) (?:.{0,60}\b)?(?:newsletters?|e-?mails?|"
    r"inbox|alerts|briefing|mailing list|podcast|youtube channel|updates)\b",
    r"get (?:the|our|your) .{0,60}(?:in|to|into) your inbox|(?:this|our) (?:web)?site uses cookies|"
    r"we (?:and our partners )?use cookies",
    r"by (?:clicking|signing up|subscribing|continuing)[^.]{0,60}you (?:agree|consent|accept)",
    r"(?:tags|topics|filed under|categories|keywords|labels)\s?:\s?\S.{0,200}$",
    r"download (?:our|the) .{0,40}\bapp\b.{0,20}$|(?:support|donate to) (?:our|independent) journalism\b|"
    r"please (?:consider )?(?:making a )?donat(?:e|ion)",
    r"(?:lesen sie (?:auch|hierzu|dazu|mehr)|lies auch|mehr (?:dazu|zum thema)|siehe auch|lesetipp|à lire aussi|lire "
    r"aussi|voir aussi|lee también|te puede interesar|ver también|leggi anche|lees ook)\s?[:|»›→–—]\s?\S",
    r"(?:schlagworte|schlagwörter|stichworte|themen|mots[- ]clés|etiquetas|temas)\s?:\s?\S.{0,200}$",
)

OPENS_TAIL = _any_of(
    r"leave a (?:reply|comment)(?: (?:to .{1,40}|cancel reply))?|(?:post|add|write) (?:a|your) (?:comment|"
    r"reply)|comments?(?: ?\(\d+\))?",
    r"join the (?:conversation|discussion)|reader comments|about the author|discover more from .{2,60}|"
    r"share this:?|like this:?",
    LISTING.pattern,
)

DONATION = _any_of(
    r"(?:give|donate|donations?|support us|give now)$", r"please select your preff?err?ed mode of payment"
)

MAX_CLUTTER = 300  # characters of a line

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|\Z)")
_MARKS_BEFORE = "#>*_•·▪■►▶→|–—-" + whitespace
_MARKS_AFTER = "*_|:→»›.!" + whitespace
_BULLET = re.compile(r"\s*(?:[-*•·▪■►▶→]|\d{1,2}\.)\s")
_ENDS_SENTENCE = re.compile(r"[.!?…][)\]}”’»\"'*_]*\s*\Z")
_PARAGRAPH_WORDS = 12


def clean(text: str, repeated: Collection[str] = frozenset()) -> str:
    """Return the text without the lines that are not part of the article; "" if nothing is left.

    The result is whole lines of the text, in order, unchanged. `repeated` are lines that its outlet repeats.
    """
    lines = [match[0] for match in _LINE.finditer(text) if match[0]]
    bare = [line.lstrip(_MARKS_BEFORE).rstrip(_MARKS_AFTER) if len(line) < MAX_CLUTTER else "" for line in lines]
    removed = {n for n, line in enumerate(bare) if _is_clutter(line) or lines[n].strip() in repeated}
    removed |= _listings(lines, bare)
    removed |= _tail(lines, bare, removed)
    left = [n for n in range(len(lines)) if n not in removed]
    filled = [n for n in left if lines[n].strip()]
    if not filled:
        return ""
    return "".join(lines[n] for n in left if filled[0] <= n <= filled[-1])


def ends_sentence(line: str) -> bool:
    """Return True if a line ends as a sentence does."""
    return _ENDS_SENTENCE.search(line[-40:]) is not None


def _is_clutter(line: str) -> bool:
    return bool(line) and (ALONE.fullmatch(line) or BOX.match(line)) is not None


def _listings(lines: list[str], bare: list[str]) -> set[int]:
    """Return the bullets below headings like "Also read" (which are clutter themselves)."""
    found: set[int] = set()
    inside = False
    for n, line in enumerate(lines):
        if LISTING.fullmatch(bare[n]):
            inside = True
        elif inside and line.strip():
            inside = _BULLET.match(line) is not None and not _is_paragraph(line)
            found |= {n} if inside else set()
    return found


def _tail(lines: list[str], bare: list[str], removed: set[int]) -> set[int]:
    """Return the lines from the first that opens a box after the article's last paragraph."""
    paragraphs = [n for n, line in enumerate(lines) if n not in removed and _is_paragraph(line)]
    last = paragraphs[-1] if paragraphs else -1
    for n in range(last + 1, len(lines)):
        if OPENS_TAIL.fullmatch(bare[n]) or DONATION.match(bare[n]):
            return set(range(n, len(lines)))
    return set()


def _is_paragraph(line: str) -> bool:
    return ends_sentence(line) and len(line.split()) >= _PARAGRAPH_WORDS
