"""Invented bundles in the forms in which news databases export them, each of three articles about Tellin."""

QUAY = (
    "The harbour board of Tellin voted on Tuesday to close the old north quay. Engineers found cracks in its piles.",
    "“We have been patching it since 1988,” said Mayor Ada Quill. She expects the work to cost 3.5 million crowns.",
)
HERON = (
    "The mail boat Grey Heron ran aground off Skarn Point on Thursday night with forty passengers on board.",
    "All of them were brought ashore by the Ostby lifeboat, the coast guard said. Nobody was hurt.",
)
TRAM = (
    "Trams will return to Brack Street in the autumn after eleven years, the town of Lower Marren announced.",
    "The line is to carry 4,200 people a day. Rails were laid at night to spare the market, said Piet Holloway.",
)
STORIES = (QUAY, HERON, TRAM)

KNOWN = [
    ("Quay to close for good", "The Tellin Post", "Jon Ashby", "2025-03-07"),
    ("Forty saved from stranded mail boat", "Ostby Gazette", "Ida Noll and Bo Roe", "2025-03-14"),
    ("Trams come back to Brack Street", "Marren Courier (Lower Marren)", None, "2024-11-02"),
]
"""Title, outlet, byline and day of the articles."""


def _indented(line, width=30):
    return " " * width + line


NEXIS = "\n".join(
    [
        "\n",
        _indented("1 of 3 DOCUMENTS"),
        "\n",
        _indented("The Tellin Post"),
        "",
        _indented("March 7, 2025 Friday"),
        _indented("Late Edition - Final"),
        "",
        "Quay to close",
        "for good",
        "",
        "BYLINE: By JON ASHBY",
        "",
        "SECTION: Section A; Column 1; Harbour Desk; Pg. 1",
        "",
        "LENGTH: 46 words",
        "",
        "DATELINE: TELLIN, March 6 ",
        "",
        " " + QUAY[0],
        "",
        " " + QUAY[1],
        "",
        "",
        "URL: http://www.tellinpost.example",
        "",
        "LOAD-DATE: March 7, 2025",
        "",
        "LANGUAGE: ENGLISH",
        "",
        "GRAPHIC: PHOTO: The north quay in January. (PHOTOGRAPH BY ANN LEE)",
        "",
        "PUBLICATION-TYPE: Newspaper",
        "",
        "",
        _indented("Copyright 2025 The Tellin Post Company"),
        _indented("All Rights Reserved"),
        "\n",
        _indented("2 of 3 DOCUMENTS"),
        "\n",
        _indented("Ostby Gazette"),
        "",
        _indented("March 14, 2025 Friday 6:00 AM GMT"),
        "",
        "Forty saved from stranded mail boat",
        "",
        "BYLINE: Ida Noll and Bo Roe",
        "",
        "LENGTH: 39 words",
        "",
        "",
        HERON[0],
        "",
        "SOURCE: a line of the article itself",
        "",
        HERON[1],
        "",
        "LOAD-DATE: March 14, 2025",
        "",
        _indented("Copyright 2025 Ostby Gazette Ltd."),
        _indented("All Rights Reserved"),
        "\n",
        _indented("3 of 3 DOCUMENTS"),
        "\n",
        _indented("Copyright 2024 Marren Newspapers"),
        _indented("All Rights Reserved"),
        _indented("Marren Courier (Lower Marren)"),
        "",
        _indented("2 November 2024"),
        "",
        "SECTION: NEWS; Pg. 3",
        "",
        "LENGTH: 41 words",
        "",
        "HEADLINE: Trams come back to",
        "Brack Street",
        "",
        "BODY:",
        TRAM[0],
        "",
        TRAM[1],
        "",
        "LOAD-DATE: November 3, 2024",
        "",
    ]
)

_UNI_COVER = [
    "Date and Time: Saturday, March 15, 2025 10:12:00 AM CET",
    "Job Number: 000000001",
    "Documents (3)",
    "1. Quay to close for good",
    "Client/Matter: -None-",
    "Search Terms: tellin",
    "2. Forty saved from stranded mail boat",
    "Client/Matter: -None-",
]


def _uni(title, outlet, day, story, byline):
    return [
        "Page 1 of 2",
        title,
        title,
        outlet,
        day,
        f"Copyright 2025 {outlet} All Rights Reserved",
        "Section: NEWS; Pg. 4",
        "Length: 46 words",
        *([f"Byline: {byline}"] if byline else []),
        "Body",
        *story,
        "Load-Date: March 15, 2025",
        "End of Document",
    ]


NEXIS_UNI = [
    *_UNI_COVER,
    *_uni("Quay to close for good", "The Tellin Post", "March 7, 2025 Friday", QUAY, "Jon Ashby"),
    *_uni(
        "Forty saved from stranded mail boat",
        "Ostby Gazette",
        "March 14, 2025 Friday 6:00 AM GMT",
        HERON,
        "Ida Noll and Bo Roe",
    ),
    *_uni("Trams come back to Brack Street", "Marren Courier (Lower Marren)", "November 2, 2024 Saturday", TRAM, ""),
]
"""Paragraphs."""

FACTIVA = "\n".join(
    [
        "Harbour",
        "Quay to close for good",
        "By Jon Ashby",
        "46 words",
        "7 March 2025",
        "05:30",
        "The Tellin Post",
        "TLPST",
        "A1",
        "English",
        "Copyright 2025. The Tellin Post Company. All Rights Reserved.",
        "",
        QUAY[0],
        "",
        QUAY[1],
        "",
        "Document TLPST00020250307el370001g",
        "",
        "Forty saved from stranded mail boat",
        "Ida Noll and Bo Roe",
        "39 words",
        "14 March 2025",
        "Ostby Gazette",
        "OSTGAZ",
        "English",
        "",
        HERON[0],
        "",
        HERON[1],
        "",
        "Document OSTGAZ0020250314el3e0000b",
        "",
        "Trams come back to Brack Street",
        "41 words",
        "2 November 2024",
        "Marren Courier (Lower Marren)",
        "MARCOU",
        "English",
        "© 2024 Marren Newspapers",
        "",
        TRAM[0],
        "",
        TRAM[1],
        "",
        "Document MARCOU0020241102ekb20002x",
        "",
        "Search Summary",
        "Text\ttellin",
        "Date\tAll Dates",
    ]
)


def _tagged(title, byline, day, outlet, story, code):
    return "\n".join(
        [
            "SE  News",
            f"HD  {title}",
            *([f"BY  By {byline}"] if byline else []),
            "WC  46 words",
            f"PD  {day}",
            f"SN  {outlet}",
            "SC  XXXX",
            "LA  English",
            "CY  Copyright 2025. All Rights Reserved.",
            "LP  " + story[0],
            "",
            "TD  " + story[1],
            "",
            "NS  gcat : Political/General News",
            f"AN  Document {code}",
            "",
        ]
    )


FACTIVA_TAGGED = "\n".join(
    [
        _tagged("Quay to close for good", "Jon Ashby", "7 March 2025", KNOWN[0][1], QUAY, "TLPST00020250307el370001g"),
        _tagged(KNOWN[1][0], KNOWN[1][2], "14 March 2025", KNOWN[1][1], HERON, "OSTGAZ0020250314el3e0000b"),
        _tagged(KNOWN[2][0], "", "2 November 2024", KNOWN[2][1], TRAM, "MARCOU0020241102ekb20002x"),
    ]
)


def _proquest(n, title, author, day, outlet, story):
    return "\n\n".join(
        [
            "_" * 60,
            f"Document {n} of 3",
            f"{title}: Tellin desk",
            f"Author: {author}" if author else "Links: none",
            f"Publication info: {outlet} ; Tellin [Tellin]{day}: A.1.",
            f"Abstract: A story of {title}.",
            "Full text: " + story[0],
            story[1],
            "Subject: Harbors; Ships",
            f"Title: {title}",
            f"Publication title: {outlet}; Tellin",
            f"Publication date: {day}",
            "Source type: Newspaper",
            "Language of publication: English",
            f"ProQuest document ID: 31700000{n}",
            f"Document URL: https://search.proquest.example/docview/31700000{n}",
            f"Copyright: Copyright {outlet} {day}",
            "Database: Newsstream",
        ]
    )


PROQUEST = "\n\n".join(
    [
        _proquest(1, KNOWN[0][0], "Ashby, Jon.", "Mar 7, 2025", KNOWN[0][1], QUAY),
        _proquest(2, KNOWN[1][0], "Noll, Ida; Roe, Bo.", "Mar 14, 2025", KNOWN[1][1], HERON),
        _proquest(3, KNOWN[2][0], "", "Nov 2, 2024", KNOWN[2][1], TRAM),
        "_" * 60,
        "Contact us at: https://support.proquest.example",
    ]
)


def rtf(paragraphs):
    """Return paragraphs as the RTF that a database writes: fonts, a page header, escapes for letters beyond ASCII."""
    escaped = (
        "".join(f"\\u{ord(c)}?" if ord(c) > 127 else "\\" + c if c in "\\{}" else c for c in line)
        for line in paragraphs
    )
    body = "".join(f"\\pard\\plain\\f0\\fs24 {line}\\par\n" for line in escaped)
    head = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\froman Times New Roman;}}"
    return head + "{\\header\\pard Page \\chpgn\\par}\n" + body + "}"
