"""Which processes of the bot are alive."""

from threading import Thread

from newsqa.bot.database import NOBODY, ProcessLock, count_running


def test_a_process_lives_until_it_closes(tmp_path):
    one, two = ProcessLock(tmp_path), ProcessLock(tmp_path)
    assert one.is_alive(one.name)
    assert one.is_alive(two.name)
    assert two.is_alive(one.name)
    assert count_running(tmp_path) == 2
    two.close()
    assert not one.is_alive(two.name)
    assert not one.is_alive(NOBODY)
    assert not one.is_alive("never was")
    assert count_running(tmp_path) == 1
    one.close()
    assert list(tmp_path.iterdir()) == []


def test_many_that_start_while_others_sweep_all_live(tmp_path):
    started, first = [], ProcessLock(tmp_path)

    def start():
        for _ in range(20):
            started.append(ProcessLock(tmp_path))
            started[-1].sweep()

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(first.is_alive(one.name) for one in started)
    assert len(list(tmp_path.iterdir())) == 81
    for one in (first, *started):
        one.close()
