"""The chat in a real pseudo-terminal, seen through a terminal emulator that tells what was done to it."""

import os
import re
import sys
import time

import pexpect
import pyte

ROWS, COLUMNS = 60, 100


HYPERLINK = re.compile(r"\x1b\]8;id=\d+;https?://[\w.~%:/?#&=,+-]+\x1b\\|\x1b\]8;;\x1b\\", re.ASCII)
"""The beginning of a hyperlink to a plain web address, or its end."""


class Terminal:
    """The chat, and the screen that a person would see."""

    def __init__(self, folder, *arguments, rows=ROWS, columns=COLUMNS, **environ):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.written = ""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSQA_")}
        settings = {"NEWSQA_SESSIONS": str(folder / "sessions"), "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
        settings |= {"NEWSQA_RERANKER": "none", "NEWSQA_THREADS": "1"}  # what is shown is the same, and sooner
        self.child = pexpect.spawn(
            sys.executable,
            ["-c", "from newsqa.cli import main; main()", "chat", *map(str, arguments)],
            env={**kept, **settings, **environ},
            dimensions=(rows, columns),
            encoding="utf-8",
            cwd=str(folder),
            timeout=60,
        )

    def commands(self):
        """What was written but for hyperlinks, which are all that newsqa may command beside colours and the cursor."""
        return HYPERLINK.sub("", self.written)

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def until(self, seen, *, prompted=True):
        """Read what comes until the screen shows a text and, below it, the prompt."""
        end = time.monotonic() + 60
        while seen not in self.text() or (prompted and not self.text().splitlines()[-1].startswith("›")):
            assert time.monotonic() < end, f"“{seen}” never came:\n{self.text()}"
            self.read()
        return self.text()

    def read(self):
        try:
            piece = self.child.read_nonblocking(4096, timeout=0.2)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            piece = ""
        self.written += piece
        self.stream.feed(piece)

    def type(self, line, seen):
        """Type a line on a cleared screen, and wait for what it must show."""
        self.screen.reset()
        self.child.send(line + "\r")
        return self.until(seen)

    def leave(self):
        """Send Ctrl-D until it is heard: what is sent while the prompt is being set up is lost."""
        for _ in range(20):
            self.child.sendeof()
            if self.child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=2) == 0:
                break
        self.child.close()
        return self.child.exitstatus
