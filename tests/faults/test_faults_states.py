"""What can happen to an index and to a bot in any order, with a kill at any write, against a model in memory."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import lives
import pytest
from harbour_reports import indexed, write, written
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from quick_desk import quick_desk
from scripted_desk import message

from newsqa.errors import LibraryError
from newsqa.settings import Settings
from thoroughness import at_length

NUMBERS = st.integers(0, 5)
CHANCES = settings(
    max_examples=at_length(2, 8, 60),
    stateful_step_count=at_length(5, 10, 20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


class Temporary(RuleBasedStateMachine):
    """A machine with a folder of its own."""

    def __init__(self):
        super().__init__()
        self.root = Path(tempfile.mkdtemp())

    def teardown(self):
        shutil.rmtree(self.root)


class Library(Temporary):
    """A folder that is edited, and its index; `known` is what the index held when it was last looked into."""

    def __init__(self):
        super().__init__()
        self.folder, self.settings = self.root / "news", Settings(index=self.root / "index")
        self.folder.mkdir()
        write(self.folder, 9, 0, 4)  # a folder without files is refused
        self.known, self.version = {}, 0

    @rule(number=NUMBERS)
    def edit(self, number):
        self.version += 1
        write(self.folder, number, self.version, 4)

    @rule(number=NUMBERS)
    def delete(self, number):
        (self.folder / f"{number:03}.txt").unlink(missing_ok=True)

    @rule()
    def index(self):
        assert lives.ends_well(lives.life(lives.run_index, self.settings.index, self.folder))
        self.known = indexed(self.settings)
        assert self.known == written(self.folder)

    @rule(die_at=st.integers(1, 400))
    def index_killed(self, die_at):
        lives.ends_well(lives.life(lives.run_index, self.settings.index, self.folder, die_at=die_at))
        found, files = {}, written(self.folder)
        try:
            found = indexed(self.settings)
        except LibraryError:
            assert not self.known, "what was indexed is gone"
        for path in self.known.keys() | files.keys() | found.keys():
            assert found.get(path) in {self.known.get(path), files.get(path)}
        self.known = found

    @rule(number=NUMBERS)
    def ask(self, number):
        with suppress(LibraryError), quick_desk(self.settings.index) as desk:
            answer = desk.ask(f"How many boats does harbour basin {number} hold in report {number}?")
            assert bool(self.known) == bool(answer.citations)
            assert all(self.known[one.path][one.start : one.end] == one.quote for one in answer.citations)


class Bots(Temporary):
    """Messages to one bot after another over one folder; a platform delivers again what has no answer."""

    def __init__(self):
        super().__init__()
        self.posts, self.sent = self.root / "posts", []

    def live(self, messages, die_at=None):
        return lives.ends_well(lives.life(lives.run_bot, self.root / "bot", self.posts, messages, die_at=die_at))

    def said(self):
        return [lives.answers(self.posts, one) for one in self.sent]

    @rule(new=st.integers(0, 3), die_at=st.none() | st.integers(1, 150))
    def deliver(self, new, die_at):
        number = len(self.sent)
        self.sent += [message(f"What of week {n}?", f"{n}.1") for n in range(number, number + new)]
        whole = self.live([one for one, said in zip(self.sent, self.said(), strict=False) if not said], die_at)
        assert all(len(said) == 1 for said in self.said() if said or whole)

    @rule()
    def deliver_everything_again(self):
        before = self.said()
        assert self.live(self.sent)
        assert all(len(now) == 1 and old <= now for old, now in zip(before, self.said(), strict=True))
        size = self.posts.stat().st_size
        assert self.live(self.sent)
        assert self.posts.stat().st_size == size, "it answered what was answered"


pytestmark = pytest.mark.timeout(at_length(180, 600, 3600))
TestLibrary = Library.TestCase
TestLibrary.settings = CHANCES
TestBots = Bots.TestCase
TestBots.settings = CHANCES
