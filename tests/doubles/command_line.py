"""Runs newsqa in this process, and nothing else."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager

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
