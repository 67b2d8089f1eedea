"""The chat in a real pseudo-terminal, seen through a terminal emulator that records what was done to it."""

import pytest
from pseudo_terminal import Terminal

from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings


@pytest.fixture
def chat(tmp_path, news_index):
    started = []

    def start(*arguments, **environ):
        terminal = Terminal(tmp_path, "--index", news_index, *arguments, **environ)
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.child.close(force=True)


@pytest.fixture(scope="module")
def shared(tmp_path_factory, news_index):
    """A chat for several tests, its first screen, and the folder where it runs."""
    folder = tmp_path_factory.mktemp("shared")
    terminal = Terminal(folder, "--index", news_index)
    yield terminal, terminal.until("›"), folder
    assert terminal.leave() == 0


@pytest.fixture
def shared_chat(shared):
    """The chat of several tests, in a new conversation."""
    terminal, _, _ = shared
    terminal.type("/new", "A new conversation")
    return terminal


def test_the_first_screen_tells_what_there_is(shared):
    _, text, _ = shared
    assert "4 articles" in text
    assert "2 May 2025 to 12 May 2025" in text
    assert "/help" in text


def test_a_question_its_sources_and_what_can_be_done_with_them(shared_chat, shared):
    terminal, (_, _, folder) = shared_chat, shared
    text = terminal.type("Who won the first prize for cheese?", "10 May 2025")
    assert "Runa Selbach" in text
    assert "[1] Cheese festival in Ostby draws record crowd" in text
    text = terminal.type("/open 1", "The mayor, Piet Holloway")
    assert "Some 9,400 visitors" in text
    text = terminal.type("/copy 1", "https://ostby-gazette.example/cheese")
    assert "The first prize went to Runa Selbach" in text.replace("\n", "")
    terminal.type("/save talk.md", "Saved as talk.md")
    assert "Runa Selbach" in (folder / "talk.md").read_text("utf-8")
    terminal.type("/save talk.md", "is there already")


def test_what_hostile_articles_hold_does_nothing_to_the_terminal(shared_chat):
    terminal = shared_chat
    text = terminal.type("How many leaks did engineers find near the Tolver lock?", "[1] Canal")
    assert "eleven leaks" in text
    terminal.type("/open 1", "Brackwater")
    terminal.type("/copy 1", "eleven leaks")
    terminal.type("/sources", "Outlets:")
    terminal.type("/outlet canal", "Searching Canal Watch")
    terminal.type("/outlet off", "Searching everything")
    assert terminal.screen.title == ""
    assert terminal.screen.icon_name == ""
    for command in ("\x1b]", "\x9d", "\x9b", "\x07", "\u202e"):
        assert command not in terminal.commands()


def test_bounds_are_set_shown_and_cleared(shared_chat):
    text = shared_chat.type("/since 2025-05-05", "Searching since 5 May 2025")
    assert "2 articles (1 undated left out)" in text
    shared_chat.type("/outlet ostby gazette", "Ostby Gazette · since 5 May 2025: 1 article")
    shared_chat.type("/outlet nobody", "has no outlet")
    shared_chat.type("/since soon", "is no date")
    shared_chat.type("/since off", "Searching Ostby Gazette: 1 article")
    shared_chat.type("/outlet off", "Searching everything")
    shared_chat.type("/as-of 2025-05", "as of 31 May 2025")
    shared_chat.type("/as-of off", "Searching everything")


def test_unknown_commands_are_met_with_a_suggestion(shared_chat):
    shared_chat.type("/opn 1", "Did you mean /open?")
    shared_chat.type("/open", "has no sources")
    shared_chat.type("/help", "/save FILE.md")


@pytest.mark.parametrize("command", ["/story N", "/latest [WORDS]", "/timeline WORDS", "/search WORDS"])
def test_help_lists_what_asks_about_stories(shared_chat, command):
    assert command in shared_chat.type("/help", "/save FILE.md")


@pytest.mark.parametrize(
    ("typed", "does"), [("/ses", "lists the stored conversations"), ("/time", "shows what happened, day by day")]
)
def test_commands_are_completed(shared_chat, typed, does):
    shared_chat.screen.reset()
    shared_chat.child.send(typed)
    shared_chat.until(does, prompted=False)
    shared_chat.child.send("\x03")


def test_a_conversation_is_resumed(chat):
    terminal = chat()
    terminal.until("›")
    terminal.type("Who won the first prize for cheese?", "10 May 2025")
    assert terminal.leave() == 0
    terminal = chat("-c")
    text = terminal.until("10 May 2025")
    assert "Going on after 1 question" in text
    assert "Runa Selbach" in text
    terminal.type("/copy 1", "ostby-gazette.example")
    terminal.type("/sessions", "Who won the first prize for cheese? (1 question)")
    terminal.type("/new", "A new conversation")
    terminal.type("/copy", "has no sources")
    terminal.type("/sessions 1", "Going on after 1 question")


def test_ctrl_c_clears_the_line_and_gives_up_an_answer(chat):
    terminal = chat()  # one that is still loading its models, so that there is time to give up
    terminal.until("›")
    terminal.child.send("half a question")
    terminal.until("half a question")
    terminal.child.send("\x03")
    terminal.type("/help", "/save FILE.md")
    terminal.screen.reset()
    terminal.child.send("Who won the first prize for cheese?\r")
    terminal.until("searching", prompted=False)
    terminal.child.send("\x03")
    terminal.until("Given up.")
    terminal.type("/help", "/save FILE.md")
    assert terminal.leave() == 0


def test_no_color_and_dumb_terminals(chat):
    terminal = chat(NO_COLOR="1")
    terminal.until("›")
    terminal.type("Who won the first prize for cheese?", "10 May 2025")
    colours = [f"\x1b[{code}" for code in ("31", "33", "36", "38;5")]
    assert not any(colour in terminal.written for colour in colours)
    terminal = chat(TERM="dumb")
    terminal.until("›")
    terminal.type("Who won the first prize for cheese?", "10 May 2025")
    assert "\x1b[2J" not in terminal.written
    assert terminal.leave() == 0


def test_new_articles_are_found_while_the_chat_runs(chat, tmp_path):
    (tmp_path / "first.txt").write_text("Storm\n\nThe storm felled ninety oaks in the park of Lund Hall on Monday.")
    settings = Settings(index=tmp_path / "own")
    index_source(settings, str(tmp_path / "first.txt"))
    terminal = chat("--index", settings.index)
    terminal.until("1 article ")
    (tmp_path / "second.txt").write_text("Sturgeon\n\nA sturgeon of 61 kilograms was caught in the Orle on Tuesday.")
    index_source(settings, str(tmp_path / "second.txt"))
    terminal.type("How heavy was the sturgeon caught in the Orle?", "61 kilograms")


def test_a_damaged_store_of_conversations_is_reported_and_the_chat_goes_on(chat, tmp_path):
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "sessions.db").write_bytes(b"no database " * 100)
    terminal = chat("-c")
    terminal.until("move it away")
    terminal.type("Who won the first prize for cheese?", "10 May 2025")
    assert terminal.leave() == 0
