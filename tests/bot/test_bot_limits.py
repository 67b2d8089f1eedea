"""How many questions are taken a minute."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from newsqa.bot.limits import WINDOW, RateLimits


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self):
        return self.now


STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 25)), max_size=80)


@given(STEPS, st.integers(0, 4), st.integers(0, 6))
def test_no_window_holds_more_than_its_limits_and_each_asker_is_told_once_in_one(steps, of_one, of_all):
    clock = Clock()
    limits = RateLimits(of_one, of_all, clock)
    taken, told = [], []
    for person, pause in steps:
        clock.now += pause
        recent = [who for who, when in taken if when > clock.now - WINDOW]
        wait = limits.acquire(person)
        full = (of_one and recent.count(person) >= of_one) or (of_all and len(recent) >= of_all)
        assert bool(wait) == bool(full)
        if wait is None:
            taken.append((person, clock.now))
            continue
        assert 0 < wait.seconds <= WINDOW
        lately = [when for who, when in told if who == person and when > clock.now - WINDOW]
        assert wait.notify == (not lately)
        if wait.notify:
            told.append((person, clock.now))


def test_waiting_as_long_as_told_is_enough():
    clock = Clock()
    limits = RateLimits(2, 0, clock)
    assert limits.acquire("a") is None
    clock.now = 12.5
    assert limits.acquire("a") is None
    clock.now = 20
    wait = limits.acquire("a")
    assert wait.own
    clock.now += wait.seconds
    assert limits.acquire("a") is None


def test_who_is_silent_for_a_window_is_forgotten():
    clock = Clock()
    limits = RateLimits(2, 5, clock)
    for number in range(1000):
        limits.acquire(f"person {number}")
        clock.now += 1
    assert len(limits) <= WINDOW + 1
