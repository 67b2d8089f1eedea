"""The chat where standard input is no terminal: each line a question or a command."""

import subprocess
import sys


def talk(lines, index, folder, *arguments):
    return subprocess.run(
        [sys.executable, "-c", "from newsqa.cli import main; main()", "chat", "--index", index, *arguments],
        input=lines,
        capture_output=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")},
        cwd=folder,
    )


def test_lines_are_answered_and_the_end_is_no_failure(news_index, tmp_path):
    lines = b"Who won the first prize for cheese?\n\n/copy 1\n/nonsense\nAnd what did the mayor promise?\n\xff\xfe\n"
    done = talk(lines, news_index, tmp_path)
    out = done.stdout.decode()
    assert done.returncode == 0
    assert "› Who won the first prize for cheese?" in out
    assert out.count("https://ostby-gazette.example/cheese") == 1
    assert "second hall" in out
    assert "There is no command /nonsense" in done.stderr.decode()
    assert "\x1b" not in out + done.stderr.decode()


def test_nothing_to_answer_is_no_failure(news_index, tmp_path):
    assert talk(b"", news_index, tmp_path).returncode == 0


def test_conversations_go_to_the_users_data_and_are_resumed(news_index, tmp_path):
    talk(b"Who won the first prize for cheese?\n", news_index, tmp_path)
    assert (tmp_path / "data" / "newsqa" / "sessions.db").is_file()
    done = talk(b"/copy 1\n", news_index, tmp_path, "-c")
    assert "https://ostby-gazette.example/cheese" in done.stdout.decode()


def test_quit_leaves(news_index, tmp_path):
    done = talk(b"/quit\nWho won the first prize for cheese?\n", news_index, tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
