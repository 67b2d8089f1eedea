"""Programs that no Python package brings, for the few tests that run one."""

from __future__ import annotations

import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def program(*names: str, package: str) -> str:
    """Return where the first of these programs is; without any, skip the test with what to install.

    Where CI is set no test may skip (see conftest.py), so that it fails there.
    """
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(f"{' or '.join(names)} is not on the PATH; on Debian: apt-get install {package}")
    return found


def browser() -> str:
    """Return where Chromium is, or skip."""
    return program(*BROWSERS, package="chromium")


def openssl() -> str:
    """Return where openssl is, which makes certificates, or skip."""
    return program("openssl", package="openssl")
