"""Every command ends in one line of what happened and what to do, and never in a traceback, whatever is missing."""

import errno
import json
import resource
import subprocess

import pytest

from newsqa.errors import ResourceError
from newsqa.machine import ADVICE, MB, require_memory, system_error
from places import SAMPLE_QUESTIONS
from thoroughness import at_length

QUESTION = "How many people visited the cheese festival in Ostby?"


def one_line(done, *words, code=1):
    """Check that a process ended with one typed line on standard error."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "unforeseen" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("newsqa: ")]
    assert len(lines) == 1, done.stderr
    assert all(word in lines[0] for word in words), done.stderr


@pytest.fixture(scope="module")
def article_id(news_index):
    from newsqa.store.snapshot import open_index

    with open_index_of(open_index, news_index) as opened, opened.snapshot() as index:
        return index.list_articles()[0].article_id


def open_index_of(open_index, folder):
    from newsqa.settings import Settings

    return open_index(Settings(index=folder))


COMMANDS = ["sources", "sources --json", "ask", "ask --json", "search", "show", "export", "doctor", "index"]


def arguments(command, news_index, news_folder, article_id):
    name, *options = command.split()
    more = {"ask": [QUESTION], "search": [QUESTION], "show": [article_id], "index": [news_folder]}.get(name, [])
    return [name, *options, *more, "--index", news_index]


@pytest.fixture
def own_index(news_index, tmp_path):
    """A copy that a command may write to."""
    from shutil import copytree

    return copytree(news_index, tmp_path / "own")


@pytest.mark.parametrize("command", COMMANDS)
def test_output_on_a_full_disk(newsqa_process, own_index, news_folder, article_id, command):
    done = newsqa_process(*arguments(command, own_index, news_folder, article_id), shell="> /dev/full")
    one_line(done, "Standard output cannot be", "No space left", "Free some space")


def test_help_and_a_report_on_a_full_disk(newsqa_process, news_index, tmp_path):
    one_line(newsqa_process("--help", shell="> /dev/full"), "No space left", "Free some space")
    out = tmp_path / "run"
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(SAMPLE_QUESTIONS.read_text("utf-8").splitlines()[:4]) + "\n", "utf-8")
    done = newsqa_process(
        "eval", "run", few, "--out", out, "--index", news_index, preexec_fn=limit_files(SHARED_MEMORY)
    )
    assert (done.returncode, "Traceback" in done.stderr, "unforeseen" in done.stderr) == (1, False, False)
    assert "cannot be written" in done.stderr
    assert str(out) in done.stderr


SHARED_MEMORY = 33_000
"""Bytes of the file that SQLite makes beside a database to read it, and a few more."""


def limit_files(size):
    """Return what lets a process write files of so many bytes only; writing more fails as on a disk that is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("command", ["sources", "ask", "export", "index"])
def test_closed_output(newsqa_process, own_index, news_folder, article_id, command):
    done = newsqa_process(*arguments(command, own_index, news_folder, article_id), shell=">&-")
    one_line(done, "Standard output", "Bad file descriptor")


@pytest.mark.parametrize("command", ["sources", "ask", "index"])
def test_closed_input_and_closed_errors_keep_nothing_from_working(
    newsqa_process, own_index, news_folder, article_id, command
):
    done = newsqa_process(*arguments(command, own_index, news_folder, article_id), shell="<&- 2>&-")
    assert done.returncode == 0
    assert done.stdout
    assert newsqa_process("sources", "--index", own_index).returncode == 0  # nothing was written into its files


def test_a_question_from_closed_input_is_empty(newsqa_process, news_index):
    one_line(newsqa_process("ask", "-", "--index", news_index, shell="<&-"), "The question is empty", code=2)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_chat_on_closed_input_ends(newsqa_process, news_index, options):
    done = newsqa_process("chat", *options, "--index", news_index, shell="<&-")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_an_error_that_nobody_can_read_still_has_its_code(newsqa_process, news_index):
    done = newsqa_process("show", "none", "--index", news_index, shell="2> /dev/full")
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("command", ["export", "sources --json"])
def test_a_reader_that_leaves_ends_it_quietly(newsqa_process, news_index, news_folder, article_id, command):
    done = newsqa_process(*arguments(command, news_index, news_folder, article_id), shell="| true")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("megabytes", at_length([400], [300, 400, 700], [300, 400, 700]))
@pytest.mark.parametrize("command", ["index", "ask"])
def test_little_memory_is_refused_before_native_code_aborts(
    newsqa_process, tmp_path, news_index, news_folder, article_id, megabytes, command
):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * MB, megabytes * MB))

    index = tmp_path / "new" if command == "index" else news_index
    done = newsqa_process(*arguments(command, index, news_folder, article_id), preexec_fn=limit)
    one_line(done, "memory", "ulimit -v")
    assert "panicked" not in done.stderr
    assert "bad_alloc" not in done.stderr


def test_what_needs_no_models_works_with_little_memory(newsqa_process, news_index):
    limits = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (200 * MB, 200 * MB))}
    assert newsqa_process("sources", "--index", news_index, **limits).returncode == 0


def test_memory_is_required_only_under_a_limit(monkeypatch):
    require_memory(1 << 60, "anything")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100 * MB, 100 * MB))
    require_memory(0, "nothing") if _used() < 100 * MB else None
    with pytest.raises(ResourceError, match="may use 100 MB") as raised:
        require_memory(1 << 30, "its models")
    assert "ulimit -v" in raised.value.hint


def _used():
    from pathlib import Path

    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "too little memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "too little memory"),
        (RuntimeError("can't start new thread"), "too little memory"),
        (ImportError("x.so: failed to map segment from shared object"), "too little memory"),
        (OSError(errno.ENOSPC, "No space left on device", "/a/b"), "/a/b cannot be read or written"),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), "/a/b cannot be read or written"),
        (OSError(errno.EROFS, "Read-only file system"), "Output cannot be"),
    ],
)
def test_what_the_system_refuses_has_a_cause_and_advice(error, said):
    found = system_error(error)
    assert said in str(found)
    assert found.hint


def test_every_error_with_advice_gives_it():
    assert all(system_error(OSError(code, "so")).hint == advice for code, advice in ADVICE.items())
    assert system_error(ValueError("no")) is None


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.EIO, "Input/output error", "/a/b")])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_what_is_raised_anywhere_is_typed_at_the_top(monkeypatch, capfd, error, options):
    import sys

    from newsqa import cli

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(cli, "read_settings", fail)
    monkeypatch.setattr(sys, "argv", ["newsqa", "sources", *options])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capfd.readouterr()
    assert left.value.code == 1
    one_line(subprocess.CompletedProcess([], 1, out, err))
    assert not options or json.loads(out)["hint"]
