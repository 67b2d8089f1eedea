"""What the README shows is true: its example runs, its commands exist, its promises name what is there."""

import os
import re

import pytest
from typer.testing import CliRunner

from newsqa.cli import app
from places import CORPUS, ROOT

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_example_in_python_runs_as_it_stands(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSQA_")]:
        monkeypatch.delenv(name)
    (tmp_path / "corpus").symlink_to(CORPUS)
    (example,) = blocks("python")
    exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})
    assert "30 articles" in capsys.readouterr().out


@pytest.mark.parametrize("line", [line for block in blocks("") for line in block.splitlines() if line[:6] == "newsqa"])
def test_every_command_that_it_names_exists(line: str) -> None:
    words = line.split("#", maxsplit=1)[0].split()[1:]
    names = words[: 2 if words[0] in {"eval", "bots", "config", "keys"} else 1]
    done = CliRunner().invoke(app, [*names, "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    for option in re.findall(r"--[a-z-]+", line):
        assert option in done.stdout
