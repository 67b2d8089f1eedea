"""What the lines look like that stand on news pages and are not news. English; matched without regard to capitals.

A pattern must take the whole line, or (BOX) begin with words that no sentence of an article begins with. Marks around a
line (bullets, dashes, a final stop) are taken off before it is matched.
"""

from __future__ import annotations

import re


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
    r"previous (?:article|post|story)|next (?:article|post|story)|load more|show more|view more|see more|"
    r"click to (?:expand|enlarge)",
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
