"""Reads mail: one message (.eml), a mailbox of them (.mbox), and newsletters, which are mail from an outlet."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.parser import BytesParser
from email.utils import parseaddr
from typing import IO, TYPE_CHECKING, cast

from newsqa.errors import SourceError
from newsqa.ingest.files import Item, Problem, RawArticle, Skipped, decode, read_all
from newsqa.ingest.metadata import drop_invisible, parse_fragment, read_article, tree_lines
from newsqa.ingest.opening import is_outlet, parse_date
from newsqa.ingest.readers.page_markup import remove_unseen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


MAX_MESSAGE = 16 * 2**20  # bytes, with what is attached
MAX_PARTS = 200

_FROM_LINE = re.compile(rb"From \S.{0,200}\d{4}\s*\Z")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_REPLY = re.compile(r"(?:(?:fwd?|re|wg|aw|tr)\s*:\s*)+", re.IGNORECASE)
_SERVICE = re.compile(
    r"\bunsubscribe\b|"
    r"(?:view|read|open|see) (?:this|it|the)?\s?(?:e-?mail|newsletter|message)? ?"
    r"(?:in|on) (?:(?:your|a|the) )?(?:browser|web)\b|"
    r"(?:manage|update) (?:your )?(?:e-?mail )?(?:preferences|subscription)|you (?:are receiving|received) this|"
    r"add us to your address book|was this (?:e-?mail|newsletter) forwarded",
    re.IGNORECASE,
)


def read_eml(stream: IO[bytes], file_name: str) -> Iterator[Item]:  # noqa: ARG001 - a reader
    """Yield the one article of a mail, and what is attached to it as passed over."""
    message = parse_message(read_all(stream))
    yield _article(message, "")
    if attached := sum(1 for part in message.walk() if part.get_content_disposition() == "attachment"):
        yield Skipped("attachment", "not read", attached)


def read_mbox(stream: IO[bytes], file_name: str) -> Iterator[Item]:  # noqa: ARG001 - a reader
    """Yield the messages of a mailbox, with one message at a time in memory."""
    for n, data in enumerate(_messages(stream), 1):
        place = f"#{n}"
        if len(data) > MAX_MESSAGE:
            yield Problem(place, f"the message is longer than {MAX_MESSAGE // 2**20} MB")
            continue
        try:
            message = parse_message(data)
            item = _article(message, place)
        except SourceError as error:
            yield Problem(place, str(error), error.hint)
            continue
        key = str(message.get("message-id", "")).strip()
        usable = isinstance(item, RawArticle) and key.isprintable() and 0 < len(key) < 500
        yield replace(cast("RawArticle", item), key=key) if usable else item


def parse_message(data: bytes) -> EmailMessage:
    """Return a parsed message. Raises SourceError if it is none, or holds too many parts."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        parts = sum(1 for _ in zip(message.walk(), range(MAX_PARTS + 1), strict=False))
    except (MessageError, ValueError, RecursionError) as error:
        raise SourceError("it is no mail that can be read") from error
    if parts > MAX_PARTS:
        raise SourceError(f"a mail of more than {MAX_PARTS} parts")
    if not message.keys():
        raise SourceError("it is no mail that can be read")
    return message


def part_text(part: EmailMessage) -> str:
    """Return the text of a part of a message, decoded as it declares, or else as it looks."""
    with suppress(LookupError, UnicodeError, KeyError, ValueError):
        content = part.get_content()
        if isinstance(content, str) and "\ufffd" not in content:
            return content
    payload = part.get_payload(decode=True)
    return decode(payload) if isinstance(payload, bytes) else ""


def _messages(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the messages of a mailbox; of one that is too long no more than shows that it is."""
    lines: list[bytes] = []
    size, blank = 0, True
    while line := stream.readline(2**20):
        if blank and _FROM_LINE.match(line.rstrip()):
            if lines:
                yield _QUOTED_FROM.sub(rb"\1", b"".join(lines))
            lines, size = [], 0
        elif size <= MAX_MESSAGE:
            lines.append(line)
            size += len(line)
        blank = not line.strip()
    if lines:
        yield _QUOTED_FROM.sub(rb"\1", b"".join(lines))


def _article(message: EmailMessage, place: str) -> Item:
    sender = parseaddr(_header(message, "from"))[0]
    listed = any(name in message for name in ("list-id", "list-unsubscribe", "list-post"))
    outlet = sender if sender and (listed or is_outlet(sender)) else None
    fields = {
        "title": _REPLY.sub("", _header(message, "subject"), count=1),
        "outlet": outlet,
        "byline": None if outlet else sender,
        "published": parse_date(_header(message, "date")),
    }
    return read_article(fields, "mail", place, text=_body(message))


def _header(message: EmailMessage, name: str) -> str:
    with suppress(ValueError, IndexError, AttributeError, TypeError):  # the parser of headers fails on odd ones
        return str(message.get(name, "")).strip()
    return ""


def _body(message: EmailMessage) -> str:
    """Return the text of a message: its HTML, unless the plain text beside it says more."""
    inline = [part for part in message.walk() if part.get_content_disposition() != "attachment"]
    plain = [part_text(part) for part in inline if part.get_content_type() == "text/plain"]
    pages = [_page_text(part_text(part)) for part in inline if part.get_content_type() == "text/html"]
    written, shown = "\n\n".join(plain).replace("\r\n", "\n"), "\n\n".join(pages)
    chosen = shown if len(shown) > 0.7 * len(written) else written
    lines = drop_invisible(chosen).split("\n")
    return "\n".join(line for line in lines if len(line) > 200 or not _SERVICE.search(line))


def _page_text(markup: str) -> str:
    """Return the lines of a mail's HTML, without the preview text that mail hides above it."""
    tree = parse_fragment(markup)
    if tree is None:
        return ""
    remove_unseen(tree)
    return "\n\n".join(tree_lines(tree))
