"""What the stand-in servers have in common: a model that says what a test scripts, from the prompt that it was sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loopback import Exchange, Request

_KEYED = re.compile(r"^\[(\d+)\] ?", re.MULTILINE)
_JUDGED = re.compile(r"^SENTENCE (\d+): ", re.MULTILINE)
_PIECE = re.compile(r"\s*\S+\s*?(?=\s|$)|\s+")
USED = {"read": 321, "written": 12}
"""The tokens that a scripted model says it read and wrote."""


@dataclass(frozen=True)
class Prompt:
    """The messages that a model was sent, (role, text) each."""

    messages: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.messages)

    @property
    def evidence(self) -> dict[int, str]:
        """The evidence under its keys, each with the line that tells its source."""
        asked = self.messages[-1][1]
        parts = _KEYED.split(asked)[1:]
        return dict(zip(map(int, parts[::2]), parts[1::2], strict=True))

    def key(self, words: str) -> int:
        """Return the key of the evidence that holds these words; 99, which none has, where none holds them."""
        return next((key for key, text in self.evidence.items() if words in text), 99)


def agree(prompt: Prompt) -> str:
    """Find every sentence supported, as a judge that reads nothing does."""
    return "\n".join(f"{n}: yes" for n in _JUDGED.findall(prompt.text))


@dataclass
class Script:
    """How a stand-in answers.

    `reply` is a text or makes one of the prompt. It comes in pieces where the client streams, `pace` seconds apart;
    after `pieces` of them the connection is cut, or, with `quiet`, the reply just ends without saying so; where
    it is wanted whole it is cut, too.
    `status` with `error` (a value for JSON, or bytes) is answered instead; `before` so many times, then the reply.
    `hangs` never answers, and with `begins` it does so after the headers; `at_once` sends the reply in one piece.
    `known` is what the server tells of the model beside its name.
    Asked if quotes support sentences, it replies what `judge` makes of the prompt, at once; these requests are in
    `judged`, and nothing else of the script is for them.
    """

    reply: str | Callable[[Prompt], str] = "NOT FOUND"
    status: int = 200
    error: object = None
    headers: dict[str, str] = field(default_factory=dict)
    before: int = 1_000_000
    finish_reason: str = "stop"
    pace: float = 0.0
    pieces: int | None = None
    quiet: bool = False
    hangs: bool = False
    begins: bool = False
    at_once: bool = False
    known: dict[str, Any] = field(default_factory=dict)
    judge: Callable[[Prompt], str] = agree
    judged: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)

    def text(self, prompt: Prompt) -> str:
        if _JUDGED.search(prompt.messages[-1][1]):
            return self.judge(prompt)
        return self.reply if isinstance(self.reply, str) else self.reply(prompt)

    def streamed(self, prompt: Prompt, exchange: Exchange) -> Iterator[str]:
        """Give the reply in pieces, as many and as fast as scripted."""
        if self.begins:
            exchange.wait()
            return
        text = self.text(prompt)
        for piece in [text] if self.at_once else _PIECE.findall(text)[: self.pieces]:
            if self.pace and exchange.wait(self.pace):
                return
            yield piece

    @property
    def ends(self) -> bool:
        """Whether a stream says its end."""
        return self.pieces is None

    def refuses(self, exchange: Exchange) -> bool:
        """Note the request; answer it where an error or silence is scripted."""
        if _JUDGED.search(str(exchange.request.body["messages"][-1]["content"]).replace("\\n", "\n")):
            self.judged.append(exchange.request.body)
            return False
        self.requests.append(exchange.request.body)
        self.seen.append(exchange.request)
        if self.hangs:
            exchange.wait()
            return True
        if self.error is None and self.status == 200:
            if self.ends or exchange.request.body.get("stream", True):
                return False
            exchange.broken(b'{"choi')
            return True
        if len(self.requests) > self.before:
            return False
        error = {"error": {"message": "key sk-canary refused"}} if self.error is None else self.error
        if isinstance(error, bytes):
            exchange.whole(error, self.status, {"Content-Type": "text/html", **self.headers})
        else:
            exchange.json(error, self.status, self.headers)
        return True
