"""Runs newsqa in this process, and nothing else."""

import io
import os
import socket
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest

from newsqa import cli


def in_process(monkeypatch, capfd):
    """Return what runs a command in this process and returns its exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["newsqa", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capfd.readouterr()
        return left.value.code or 0, out, err

    return run


def newsqa(*arguments):
    """Run a command in this process, also for a fixture of a module; return what a process of its own would."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["newsqa", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
    written = (stream.buffer.getvalue().decode() for stream in (out, err))
    return subprocess.CompletedProcess(arguments, left.value.code or 0, *written)


@contextmanager
def no_program(monkeypatch):
    """Fail where a program is started or a connection is made."""

    def refuse(*_, **__):
        raise AssertionError("something was run or asked")

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", refuse)
        patch.setattr(socket.socket, "connect", refuse)
        for name in ("system", "popen", "execv", "execve", "posix_spawn", "fork"):
            patch.setattr(os, name, refuse)
        yield
