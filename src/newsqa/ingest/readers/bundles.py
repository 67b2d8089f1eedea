"""Splits what a news database exports, many articles in one text, into its articles: Nexis, Factiva, ProQuest.

Each splitter takes the whole text and returns the fields of its articles, as `build_article` takes them, or None if
the text is no bundle of that kind. A text is a bundle by the lines that the database itself writes ("1 of 3 DOCUMENTS",
"End of Document", "Document TLPST000020250307el370001g", "Full text:"), never by what an article says.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from newsqa.ingest.opening import parse_date
from newsqa.ingest.written_dates import find_written_dates

if TYPE_CHECKING:
    from datetime import date

Fields = dict[str, object]

_WEEKDAY = re.compile(r"(?:[A-Z][a-z]{5,8},?\s+)?")
_RIGHTS = re.compile(r"(?:copyright\b|\(c\)\s|©|all rights reserved|\d{4} .{1,60} all rights reserved)", re.IGNORECASE)


def split_bundle(text: str) -> list[Fields] | None:
    """Return the fields of the articles of a bundle, or None if the text is not one."""
    lines = [line.strip() for line in text.splitlines()]
    return next((found for split in (_nexis, _nexis_uni, _factiva, _proquest) if (found := split(lines))), None)


def _day(line: str) -> date | None:
    """Return the day of a line that holds a date and at most a weekday, a time or an edition beside it."""
    found = next(find_written_dates(line), None) if len(line) < 90 else None
    if found is None or found.other or len(line) - found.end > 40 or not _WEEKDAY.fullmatch(line[: found.start]):
        return None
    return found.day


def _chunks(lines: list[str], ends: list[int]) -> list[list[str]]:
    """Return the lines between the places given, without the lines there."""
    return [lines[first + 1 : last] for first, last in pairwise(ends)]


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


# Nexis, as LexisNexis Academic wrote it: the header, capital labels, the text, more labels.

_COUNTED = re.compile(r"(?:Page \d+ )?(\d+) of \d+ DOCUMENTS?")
_LABEL = re.compile(r"(?P<label>[A-Z][A-Z /-]{2,24}):(?:\s+(?P<value>.*))?")
_BEFORE = frozenset({
    "HEADLINE", "BYLINE", "SECTION", "LENGTH", "DATELINE", "HIGHLIGHT", "SERIES", "SOURCE", "COLUMN", "AUTHOR", "BODY",
})  # fmt: skip
_AFTER = frozenset({
    "LOAD-DATE", "URL", "GRAPHIC", "LANGUAGE", "PUBLICATION-TYPE", "CORRECTION-DATE", "SUBJECT", "ORGANIZATION",
    "PERSON", "GEOGRAPHIC", "COMPANY", "INDUSTRY", "JOURNAL-CODE", "DOCUMENT-TYPE", "ACC-NO", "PUB-TYPE",
})  # fmt: skip


def _nexis(lines: list[str]) -> list[Fields] | None:
    starts = [n for n, line in enumerate(lines) if _COUNTED.fullmatch(line)]
    if not starts:
        return None
    return [_nexis_article(chunk) for chunk in _chunks(lines, [*starts, len(lines)])]


def _nexis_article(lines: list[str]) -> Fields:
    labels = [(n, match) for n, line in enumerate(lines) if (match := _LABEL.fullmatch(line))]
    start = next((n for n, match in labels if match["label"] in _BEFORE), None)
    after = next((n for n, match in labels if match["label"] in _AFTER and (start is None or n > start)), len(lines))
    urls = [match["value"] for _, match in labels if match["label"] == "URL"]
    values: dict[str, str] = {}
    body = after if start is None else start
    for n, match in labels:  # the labels of a header have nothing but empty lines between them
        if match["label"] in _BEFORE and n < after and "BODY" not in values and not any(lines[body:n]):
            body = n + 1 if match["label"] == "BODY" else _end_of_value(lines, n)
            values[match["label"]] = " ".join([match["value"] or "", *lines[n + 1 : body]]).strip()
    # without labels, what follows the header cannot be told from it
    text = [values.get("BODY", ""), *lines[body:after]] if values else lines[:after]
    header = _nexis_header(lines[:start] if values else lines[:after])
    return {
        **header,
        "title": values.get("HEADLINE") or header["title"],
        "text": _text(_without_rights(text)),
        "byline": values.get("BYLINE") or values.get("AUTHOR"),
        "url": urls[0] if urls else None,
    }


def _end_of_value(lines: list[str], at: int) -> int:
    """Return the line after a label's value, which goes on to the next empty line."""
    return next((n for n in range(at + 1, len(lines)) if not lines[n] or _LABEL.fullmatch(lines[n])), len(lines))


def _nexis_header(header: list[str]) -> Fields:
    """Read the outlet (the first line), the day, and the title: the last paragraph before the labels."""
    blocks = [block.split("\n") for block in re.split(r"\n\n+", _text(_without_rights(header))) if block.strip()]
    rows = [line for block in blocks for line in block]
    dated = next((n for n, line in enumerate(rows) if _day(line)), None)
    last = blocks[-1] if blocks else []
    title = " ".join(line for line in last if not _day(line)) if len(rows) > 1 and not _day(last[-1]) else ""
    return {
        "outlet": rows[0] if rows and dated != 0 else None,
        "published": _day(rows[dated]) if dated is not None else None,
        "title": title or None,
    }


def _without_rights(lines: list[str]) -> list[str]:
    return ["" if _RIGHTS.match(line) else line for line in lines]


# Nexis Uni: title, outlet, day, "Section:" and other labels, "Body", the text, "End of Document".

_UNI_LABEL = re.compile(r"(?P<label>Section|Length|Byline|Dateline|Highlight|Series|Source):\s*(?P<value>.*)")
_UNI_AFTER = re.compile(r"(?:Load-Date:.*|Classification|Graphic|Notes|Correction(?:-Date:.*)?)")
_PAGE = re.compile(r"Page \d+ of \d+")


def _nexis_uni(lines: list[str]) -> list[Fields] | None:
    ends = [n for n, line in enumerate(lines) if line == "End of Document"]
    bodies = [n for n, line in enumerate(lines) if line == "Body"]
    if not ends or not bodies:
        return None
    return [_uni_article(chunk) for chunk in _chunks(lines, [-1, *ends])]


def _uni_article(lines: list[str]) -> Fields:
    lines = [line for line in lines if not _PAGE.fullmatch(line)]
    body = next((n for n, line in enumerate(lines) if line == "Body"), len(lines))
    end = next((n for n in range(body, len(lines)) if _UNI_AFTER.fullmatch(lines[n])), len(lines))
    header = [line for line in lines[:body] if line]
    labels = {match["label"]: match["value"] for line in header if (match := _UNI_LABEL.fullmatch(line))}
    dated = next((n for n in range(len(header) - 1, -1, -1) if _day(header[n])), None)
    named = header[:dated] if dated is not None else header[:2]
    return {
        "title": named[-2] if len(named) > 1 else None,
        "outlet": named[-1] if named else None,
        "published": _day(header[dated]) if dated is not None else None,
        "byline": labels.get("Byline"),
        "text": _text(lines[body + 1 : end]),
    }


# Factiva: with two-letter tags ("Full Article plus Indexing"), or a fixed order of lines.

_ACCESSION = re.compile(r"(?:AN\s+)?Document [A-Z][A-Z0-9]{2,11}\d{8}[a-z0-9]{7,13}\|?")
_TAG = re.compile(
    r"(?P<tag>SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CT|RF|CO|IN|NS|RE|IPC|IPD|PUB|AN|CLM|ART|NB)"
    r"(?:[\t |]+(?P<value>.*))?"
)
_WORDS = re.compile(r"[\d,.\s]+(?:words|mots|Wörter|palabras|parole|palavras|woorden)")
_LANGUAGE = re.compile(
    r"English|German|French|Spanish|Italian|Dutch|Portuguese|Swedish|Danish|Norwegian|Finnish|Polish"
    r"|Français|Deutsch|Español|Italiano|Português|Nederlands"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}.{0,12}")


def _factiva(lines: list[str]) -> list[Fields] | None:
    ends = [n for n, line in enumerate(lines) if _ACCESSION.fullmatch(line)]
    if not ends:
        return None
    return [_tagged(chunk) or _untagged(chunk) for chunk in _chunks(lines, [-1, *ends])]


def _tagged(lines: list[str]) -> Fields | None:
    values: dict[str, list[str]] = {}
    tag = ""
    for line in lines:
        match = _TAG.fullmatch(line)
        if match and match["tag"] not in values:
            tag = match["tag"]
            values[tag] = [(match["value"] or "").strip(" |")]
        elif tag:
            values[tag].append(line.strip("|"))
    if not {"HD", "PD", "SN"} <= values.keys():
        return None
    one_line = {tag: " ".join(" ".join(parts).split()) for tag, parts in values.items()}
    return {
        "title": one_line["HD"],
        "outlet": one_line["SN"],
        "byline": one_line.get("BY"),
        "published": parse_date(one_line["PD"]),
        "text": "\n\n".join(_text(values[tag]) for tag in ("LP", "TD") if tag in values),
    }


def _untagged(lines: list[str]) -> Fields:
    rows = [n for n, line in enumerate(lines) if line]
    counted = next((k for k, n in enumerate(rows) if _WORDS.fullmatch(lines[n])), None)
    if counted is None:
        return {"text": _text(lines)}
    above = [lines[n] for n in rows[:counted]]
    byline = above.pop() if len(above) > 1 and _is_byline(above[-1], above[-2]) else None
    below = [(n, lines[n]) for n in rows[counted + 1 :]]
    day = _day(below[0][1]) if below else None
    named = [row for row in below[bool(day) :] if not _CLOCK.fullmatch(row[1])]
    ends = [n for n, line in named[:9] if _RIGHTS.match(line)] or [
        n for n, line in named[:9] if _LANGUAGE.fullmatch(line)
    ]
    start = ends[0] if ends else named[min(1, len(named) - 1)][0] if named else rows[counted]
    return {
        "title": above[-1] if above else None,
        "byline": byline,
        "published": day,
        "outlet": named[0][1] if named else None,
        "text": _text(lines[start + 1 :]),
    }


def _is_byline(line: str, above: str) -> bool:
    """Return True for "By Jon Ashby", and for a few words in capitals below a headline that has more words."""
    words = line.replace(",", " ").split()
    named = 2 <= len(words) <= 8 and all(
        word[0].isupper() or word in {"and", "in", "de", "van", "von"} for word in words
    )
    return line.lower().startswith(("by ", "par ", "von ", "por ")) or (named and len(above.split()) > len(words))


# ProQuest: labels with values, parted by lines of underscores.

_RULE = re.compile(r"_{20,}")
_PROQUEST_LABEL = re.compile(
    r"(?P<label>Full text|Title|Author|Publication title|Publication date|Publication info|Publication year|Abstract|"
    r"Links|Subject|Location|People|Company / organization|Classification|Identifier / keyword|Pages|Section|Publisher|"
    r"Place of publication|Country of publication|Publication subject|ISSN|e-ISSN|Source type|Language of publication|"
    r"Document type|ProQuest document ID|Document URL|Copyright|Last updated|Database|Headline|Ethnicity|Edition|"
    r"First page|Number of pages|Source|Dateline|Volume|Issue|Business indexing term|Credit|Illustration|Contact us at)"
    r":(?:\s+(?P<value>.*))?"
)
_COUNT = re.compile(r"Document \d+ of \d+")


def _proquest(lines: list[str]) -> list[Fields] | None:
    labels = {match["label"] for line in lines if (match := _PROQUEST_LABEL.fullmatch(line))}
    if "ProQuest document ID" not in labels and not labels >= {"Full text", "Publication title", "Publication date"}:
        return None
    rules = [n for n, line in enumerate(lines) if _RULE.fullmatch(line)]
    chunks = _chunks(lines, [-1, *rules, len(lines)])
    return [_proquest_article(chunk) for chunk in chunks if any(line.startswith("Full text:") for line in chunk)]


def _proquest_article(lines: list[str]) -> Fields:
    lines = [line for line in lines if not _COUNT.fullmatch(line)]
    values: dict[str, list[str]] = {}
    heading, label = [], ""
    for line in lines:
        match = _PROQUEST_LABEL.fullmatch(line)
        if match and match["label"] not in values:
            label = match["label"]
            values[label] = [match["value"] or ""]
        elif label:
            values[label].append(line)
        elif line:
            heading.append(line)
    one_line = {label: " ".join(" ".join(parts).split()) for label, parts in values.items()}
    return {
        "title": one_line.get("Title") or (heading[0] if heading else None),
        "outlet": one_line.get("Publication title", "").partition(";")[0],  # its town comes after it
        "byline": [_in_order(name) for name in one_line.get("Author", "").split(";") if name.strip(" .")],
        "published": parse_date(one_line.get("Publication date", "")),
        "url": one_line.get("Document URL"),
        "text": _text(values["Full text"]),
    }


def _in_order(name: str) -> str:
    """Return "Ida Noll" for "Noll, Ida"."""
    last, _, first = name.strip().rstrip(".").partition(", ")
    return f"{first} {last}" if first and "," not in first else name.strip()
