"""Reads lines at a terminal: with editing, completion of commands, and the lines typed before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.styles import Style

from newsqa.errors import NewsqaError
from newsqa.frontends.terminal.chat_commands import COMMANDS, OFF, status_line
from newsqa.models.inventory import list_models
from newsqa.private_files import private_file, private_folder
from newsqa.render.clean import safe_line
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from newsqa.frontends.terminal.chat import Conversation

HISTORY_FILE = "typed"
MAX_HISTORY = 1 << 20  # bytes kept of the lines typed before
STYLE = Style.from_dict({"prompt": "ansicyan bold", "rprompt": "ansibrightblack"})


def typed_lines(conversation: Conversation) -> Iterator[str]:
    """Yield the lines that a person types, until Ctrl-D. Ctrl-C clears the line."""
    session: PromptSession[str] = PromptSession(
        history=_history(conversation.sessions.folder),
        completer=ChatCompleter(conversation),
        complete_while_typing=Condition(lambda: session.default_buffer.text.startswith("/")),
        complete_in_thread=True,  # listing models asks servers
        style=STYLE,
        enable_suspend=True,
    )
    while True:
        try:
            line = session.prompt(
                FormattedText([("class:prompt", "› ")]),
                rprompt=FormattedText([("class:rprompt", status_line(conversation))]),
            )
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        yield line


class ChatCompleter(Completer):
    """Completes commands, and what follows them: outlets, models, source numbers, days, files."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._files = PathCompleter(expanduser=True)
        self._models: list[str] | None = None

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield the completions of the text before the cursor."""
        text = document.text_before_cursor
        if not text.startswith("/"):
            return
        name, space, rest = text[1:].partition(" ")
        if space and name == "save":
            yield from self._files.get_completions(Document(rest, len(rest)), complete_event)
        elif space:
            yield from _matching(rest, ((word, "") for word in self._arguments(name)))
        else:
            yield from _matching(name, ((command.name, command.does) for command in COMMANDS))

    def _arguments(self, name: str) -> Iterable[str]:
        if name == "outlet":
            try:
                return [*(safe_line(outlet) for outlet in self._conversation.outlets()), "off"]
            except NewsqaError:
                return []  # the next question reports what is wrong
        if name == "model":
            return self._model_names()
        if name in {"open", "copy", "story"} and self._conversation.answers:
            return [str(citation.n) for citation in self._conversation.answers[-1].citations]
        return [min(OFF)] if name in {"since", "until", "as-of"} else []

    def _model_names(self) -> list[str]:
        """Return the models that can be used, listed once: servers take a moment to answer."""
        if self._models is None:
            listed = list_models(self._conversation.pipeline.settings)
            self._models = [
                safe_line(model.name) for model in listed if model.usable and (model.writes or model.name == EXTRACTIVE)
            ]
        return self._models


def _matching(typed: str, words: Iterable[tuple[str, str]]) -> Iterator[Completion]:
    for word, meaning in words:
        if word.casefold().startswith(typed.casefold()):
            yield Completion(word, -len(typed), display_meta=meaning)


def _history(folder: Path) -> History:
    """Return the lines typed before, readable by their owner only; just those of this chat if none can be kept."""
    file = folder / HISTORY_FILE
    try:
        private_folder(folder)
        private_file(file)
        if file.stat().st_size > MAX_HISTORY:
            kept = file.read_bytes()[-MAX_HISTORY // 2 :]
            file.write_bytes(kept[kept.find(b"\n\n") + 1 :])  # an empty line separates entries
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))
