"""Words to and from Slack's mark-up."""

from __future__ import annotations

import html
import re

from newsqa.render.safe import safe

_CALL = re.compile(r"@(?=channel|everyone|here|group)|<(?=[@#!])|`(?=``)|(?<=`)`(?=`)", re.IGNORECASE)
_MARKED = re.compile(r"<([^<>]*)>")
_STYLED = re.compile(r"(?<![\w*_~`])([*_~]|`{1,3})(?=\S)(.{1,400}?)(?<=\S)\1(?![\w*_~`])")
_EMOJI = re.compile(r"(?<![\w:]):(?=[^:]*[a-z+-])[\w+'-]{1,100}:(?::skin-tone-[2-6]:)?(?!\w)")
_QUOTED = re.compile(r"^(?:&gt;){1,3} ?", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_EVERYBODY = frozenset({"here", "channel", "everyone"})


def literal(text: str) -> str:
    """Return the text for where Slack reads no mark-up; calls like <!channel> and fences are broken all the same.

    A zero-width space breaks them: nobody sees it, and no copy of the text into mrkdwn can call anybody.
    """
    return _CALL.sub("\\g<0>\u200b", safe(text))


def plain(text: str) -> str:
    """Return the text as mrkdwn in which nothing is a link or calls anybody: & < > are escaped."""
    return html.escape(literal(text), quote=False)


def shown(text: str) -> str:
    """Return what a person wrote in Slack as plain words: links and mentions by their names, entities undone.

    A mention without a name (`<@U1>`) has no words of its own and is left out, as is an emoji (`:tada:`).
    """
    named = _MARKED.sub(_named, _EMOJI.sub(" ", _QUOTED.sub("", text)))
    return _SPACES.sub(" ", safe(html.unescape(_STYLED.sub(r"\2", named)))).strip()


def _named(marked: re.Match[str]) -> str:
    """Return the words of `<@U1|ann>`, `<#C1|news>`, `<!here>`, `<!subteam^S1|@desk>` or `<https://…|label>`."""
    what, _, name = marked[1].partition("|")
    if what[:1] == "!":
        return name or (f"@{what[1:]}" if what[1:] in _EVERYBODY else "")
    if what[:1] in {"@", "#"}:
        return what[0] + name.lstrip(what[0]) if name else ""
    return name or what.removeprefix("mailto:")
