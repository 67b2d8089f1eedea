"""What the tests of faults share: newsqa as a process of its own."""

import os
import subprocess
import sys

import pytest

from places import ROOT

NEWSQA = [sys.executable, "-c", "from newsqa.cli import main; main()"]


@pytest.fixture
def newsqa_process(tmp_path):
    """Run newsqa as a process; `how` is for `subprocess.run`, `shell` words of a shell after the command."""

    def run(*arguments, settings=(), shell=None, **how):
        environ = {name: value for name, value in os.environ.items() if not name.startswith("NEWSQA_")}
        environ |= {
            "NEWSQA_SESSIONS": str(tmp_path / "sessions"),
            "NEWSQA_RERANKER": "none",  # nothing here depends on it, and it takes as long as the rest
            "NEWSQA_THREADS": "1",
            "PYTHONPATH": str(ROOT / "src"),
        }
        environ |= dict(settings)
        command = [*NEWSQA, *map(str, arguments)]
        if shell:
            command = ["sh", "-c", f'"$@" {shell}', "sh", *command]
        how = {"capture_output": True, "text": True, "timeout": 150, "cwd": tmp_path, **how}
        return subprocess.run(command, env=environ, check=False, **how)

    return run
