"""A person's own settings and keys: what is kept where, what wins, what is refused, and that no key is shown."""

import io
import json
import os
import stat
import sys
import tomllib
from types import ModuleType

import pexpect
import pytest
from command_line import in_process

from newsqa import environment
from newsqa.environment import variable
from newsqa.errors import SettingsError, SettingsWarning
from newsqa.settings import Settings, known_settings, secret_values
from newsqa.trust import find_untrusted

KEY = "sk-canary-that-is-kept"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home and working folder."""
    for name in [name for name in os.environ if name.startswith("NEWSQA_")] + [*environment.NAMES]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setitem(sys.modules, "keyring", None)
    yield tmp_path / "home" / ".config" / "newsqa"
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    environment.load()


@pytest.fixture
def newsqa(monkeypatch, capfd):
    def run(*words, lines=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
        code, out, err = in_process(monkeypatch, capfd)(*words)
        assert KEY not in out + err
        return code, out, err

    return run


def held(home):
    return tomllib.loads((home / "config.toml").read_text("utf-8"))


def test_a_setting_is_kept_and_the_environment_and_the_dotenv_win(home, newsqa, monkeypatch):
    assert newsqa("config", "set", "threads", "3")[:2] == (0, f"threads = 3 ({home / 'config.toml'})\n")
    assert newsqa("config", "set", "NEWSQA_TIMEOUT", "7")[0] == 0
    assert newsqa("config", "set", "openai_base_url", "http://me:pw@models.example/v1")[0] == 0
    assert held(home) == {"threads": "3", "timeout": "7", "openai_base_url": "http://me:pw@models.example/v1"}
    assert (Settings.load().threads, Settings.load().timeout) == (3, 7.0)
    assert variable("OPENAI_BASE_URL") == "http://me:pw@models.example/v1"
    (home.parents[1].parent / "work" / ".env").write_text("NEWSQA_THREADS=4\n")
    assert Settings.load().threads == 4
    monkeypatch.setenv("NEWSQA_THREADS", "5")
    assert Settings.load().threads == 5
    assert newsqa("config", "get", "threads")[1] == "5\n"
    record = json.loads(newsqa("config", "get", "NEWSQA_TIMEOUT", "--json")[1])
    assert record == {"name": "timeout", "value": "7.0", "origin": str(home / "config.toml")}
    assert newsqa("config", "set", "timeout", "")[1] == "timeout = 60.0 (the default)\n"
    _, out, _ = newsqa("config", "list")
    assert [line.split()[0] for line in out.splitlines()] == list(known_settings())
    assert "http://models.example/v1" in out
    assert "pw" not in out
    assert newsqa("config", "path")[1] == f"{home / 'config.toml'}\n"
    assert stat.S_IMODE((home / "config.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert [path.name for path in home.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["config", "set", "modell", "x"], "Did you mean model? The settings are index, chroma,"),
        (["config", "get", "HTTPS_PROXY"], "The settings are index"),
        (["config", "set", "threads", "10000000000000"], "a whole number from 1 to 1,024."),
        (["config", "set", "offline", "maybe"], "it must be 1 or 0"),
        (["config", "set", "model", "a\x1b]0;x"], "control character"),
        (["config", "set", "OPENAI_API_KEY", KEY], "newsqa keys set OPENAI_API_KEY"),
        (["keys", "set", "LD_PRELOAD"], "The keys are OPENAI_API_KEY, "),
        (["keys", "remove", "OPENAI_API_KEY"], "is not kept"),
    ],
)
def test_what_newsqa_does_not_know_is_refused_in_a_line(home, newsqa, words, says):
    code, out, err = newsqa(*words)
    assert code in {1, 2}
    assert out == ""
    assert says in err
    assert err.count("\n") == 1
    assert not home.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("threads = [", "is not TOML"),
        ("a = " + "[" * 5000, "is not TOML"),
        ("modell = 'x'", "There is no setting 'modell'"),
        ("threads = -1", "a whole number from 1 to 1,024"),
        ("threads = {a = 1}", "sets NEWSQA_THREADS to what cannot be used"),
        ('model = "a\\u001b]0;x"', "sets NEWSQA_MODEL to what cannot be used"),
        (f"openai_api_key = '{KEY}'", "sets OPENAI_API_KEY to what cannot be used"),
        ("[keys]\nLD_PRELOAD = 'x'", "a key that newsqa does not know"),
        ("keys = 1", "a key that newsqa does not know"),
    ],
)
def test_a_file_that_is_broken_is_one_line_and_is_not_written_over(home, newsqa, text, says):
    home.mkdir(parents=True)
    (home / "config.toml").write_text(text)
    for words in (["sources", "--json"], ["config", "list", "--json"]):
        code, out, err = newsqa(*words)
        assert code == 1
        assert says in json.loads(out)["error"]
        assert str(home / "config.toml") in err
        assert err.count("\n") == 1
    assert newsqa("config", "path")[0] == 0
    if "TOML" in says:
        assert newsqa("config", "set", "threads", "3")[0] == 1
        assert (home / "config.toml").read_text() == text


def test_values_of_any_plain_type_are_read(home):
    home.mkdir(parents=True)
    (home / "config.toml").write_text(
        'threads = 3\ntimeout = 2.5\noffline = true\nbot_people = ["U1", "U2"]\nNEWSQA_MODEL = "local"\nindex = ""\n'
    )
    settings = Settings.load()
    assert (settings.threads, settings.timeout, settings.offline, settings.model) == (3, 2.5, True, "local")
    assert settings.bot_people == {"U1", "U2"}
    assert settings.index == Settings().index


@pytest.mark.parametrize("what", ["file", "folder", "link", "fifo"])
def test_a_file_that_others_may_have_written_is_ignored_with_a_notice(home, newsqa, what):
    home.mkdir(parents=True)
    file = home / "config.toml"
    file.write_text("threads = 3\n")
    if what == "link":
        file.rename(home / "other")
        file.symlink_to(home / "other")
    elif what == "fifo":
        file.unlink()
        os.mkfifo(file)
    else:
        (file if what == "file" else home).chmod(0o777)
    with pytest.warns(SettingsWarning, match=r"config\.toml is ignored: .*chmod go-w"):
        assert Settings.load().threads == Settings().threads
    code, _, err = newsqa("config", "set", "threads", "4")
    assert code == 1
    assert "is not used" in err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_a_file_of_somebody_else_is_ignored(home):
    home.mkdir(parents=True)
    (home / "config.toml").write_text("threads = 3\n")
    os.chown(home / "config.toml", 12345, -1)
    with pytest.warns(SettingsWarning, match="belongs to somebody else"):
        assert Settings.load().threads == Settings().threads


def test_a_key_is_kept_in_the_file_and_never_shown(home, newsqa):
    assert newsqa("config", "set", "threads", "3")[0] == 0
    code, out, _ = newsqa("keys", "set", "OPENAI_API_KEY", lines=f"{KEY}\n")
    assert (code, out) == (0, f"OPENAI_API_KEY is kept in {home / 'config.toml'}, which only you can read.\n")
    assert held(home) == {"threads": "3", "keys": {"OPENAI_API_KEY": KEY}}
    assert newsqa("keys", "list")[1] == "OPENAI_API_KEY\n"
    assert json.loads(newsqa("keys", "list", "--json")[1]) == {"keys": ["OPENAI_API_KEY"]}
    assert newsqa("config", "get", "OPENAI_API_KEY")[1] == "[hidden]\n"
    assert newsqa("config", "list")[0] == 0
    Settings.load()
    assert variable("OPENAI_API_KEY") == KEY
    assert KEY in secret_values()
    assert "OPENAI_API_KEY" not in os.environ
    assert newsqa("keys", "remove", "OPENAI_API_KEY")[0] == 0
    assert held(home) == {"threads": "3"}


@pytest.mark.parametrize("typed", ["", "short", "with a space in it", "ümlaut-is-none"])
def test_what_is_no_key_is_refused(home, newsqa, typed):
    code, _, err = newsqa("keys", "set", "OPENAI_API_KEY", lines=typed)
    assert code == 2
    assert "That is no key" in err
    assert not home.exists()


def test_a_kept_key_does_not_go_to_an_address_of_the_dotenv(home, newsqa):
    newsqa("keys", "set", "OPENAI_API_KEY", lines=KEY)
    (home.parents[1].parent / "work" / ".env").write_text("OPENAI_BASE_URL=http://models.example\n")
    Settings.load()
    untrusted = find_untrusted("OPENAI_BASE_URL")
    assert f"OPENAI_API_KEY of {home / 'config.toml'} would go to http://models.example" in str(untrusted)
    (home.parents[1].parent / "work" / ".env").write_text(
        "OPENAI_BASE_URL=http://models.example\nOPENAI_API_KEY=own-key\n"
    )
    Settings.load()
    assert find_untrusted("OPENAI_BASE_URL") is None
    assert variable("OPENAI_API_KEY") == "own-key"


def test_the_keyring_of_the_system_holds_keys_where_it_is_there(home, newsqa, monkeypatch):
    kept, keyring = {}, ModuleType("keyring")
    keyring.set_password = lambda service, name, value: kept.update({(service, name): value})
    keyring.get_password = lambda service, name: kept.get((service, name))
    keyring.delete_password = lambda service, name: kept.pop((service, name))
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    assert newsqa("keys", "set", "OPENAI_API_KEY", lines=KEY)[1] == "OPENAI_API_KEY is kept in the system's keyring.\n"
    assert kept == {("newsqa", "OPENAI_API_KEY"): KEY}
    assert KEY not in (home / "config.toml").read_text()
    assert newsqa("keys", "list")[1] == "OPENAI_API_KEY\n"
    Settings.load()
    assert variable("OPENAI_API_KEY") == KEY
    assert KEY in secret_values()
    keyring.get_password = lambda *_: 1 / 0
    Settings.load()
    with pytest.raises(SettingsError, match="keyring, which cannot be read"):
        variable("OPENAI_API_KEY")
    assert newsqa("keys", "remove", "OPENAI_API_KEY")[0] == 0
    assert kept == {}
    keyring.set_password = lambda *_: 1 / 0
    assert "which only you can read" in newsqa("keys", "set", "OLLAMA_API_KEY", lines=KEY)[1]


def test_a_key_is_typed_unseen(home):
    command = ["-c", "from newsqa.cli import main; main()", "keys", "set", "OPENAI_API_KEY"]
    child = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=60)
    child.expect("OPENAI_API_KEY: ")
    child.sendline(KEY)
    child.expect("is kept in")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert KEY not in str(child.before)
    assert held(home)["keys"] == {"OPENAI_API_KEY": KEY}


def test_a_user_without_a_home_has_no_file_and_is_well(home, newsqa, monkeypatch):
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", lambda uid: {}[uid])
    assert Settings.load() == Settings()
    code, _, err = newsqa("config", "set", "threads", "3")
    assert (code, err) == (1, "newsqa: There is no home folder to keep settings in. Set HOME.\n")
