"""What a person is told who starts `newsqa slack` with something missing or wrong: a line, and no token anywhere."""

from __future__ import annotations

import os
import subprocess
from importlib.util import find_spec

import pytest
import yaml
from own_proxy import own_proxy
from slack_process import NEWSQA, surroundings
from slack_stand_in import slack_stand_in
from slack_workspace import APP_TOKEN, BOT_TOKEN, Fault

from newsqa import extras
from newsqa.errors import SettingsError, UsageError
from newsqa.extras import install_hint
from newsqa.frontends.slack import run
from newsqa.frontends.slack.run import listen_address, serve_slack
from newsqa.settings import Settings
from places import DOCS


@pytest.fixture
def tokens(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "5166f1ca")
    return monkeypatch


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
@pytest.mark.parametrize("value", ["", "xoxp-1", "xoxb-1 2", "xapp-ä"])
def test_a_token_that_is_missing_or_another_is_named_with_where_it_stands(tokens, name, value):
    tokens.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        serve_slack(Settings())
    assert name in str(error.value)
    assert "docs/slack.md" in error.value.hint
    assert not value or value not in str(error.value) + error.value.hint


def test_over_http_the_signing_secret_takes_the_place_of_the_apps_token(tokens):
    tokens.delenv("SLACK_APP_TOKEN")
    assert run.load_tokens(http=True) == run.SlackTokens(BOT_TOKEN, secret="5166f1ca")
    tokens.delenv("SLACK_SIGNING_SECRET")
    with pytest.raises(SettingsError, match="SLACK_SIGNING_SECRET is not set"):
        run.load_tokens(http=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://slack.com.evil.example/api/",
        "http://slack.com/api/",
        "https://slack.com@evil.example/",
        "slack.com",
        "http://10.0.0.1/api/",
    ],
)
def test_tokens_go_to_slack_or_this_machine_alone(tokens, url):
    with pytest.raises(SettingsError, match="NEWSQA_SLACK_API_URL"):
        serve_slack(Settings(slack_api_url=url))


def test_offline_means_offline(tokens):
    with pytest.raises(SettingsError, match="NEWSQA_OFFLINE"):
        serve_slack(Settings(offline=True))
    run.check_address(Settings(offline=True, slack_api_url="http://127.0.0.1:1/api/"))


def test_a_missing_package_is_named_with_what_to_install(tokens):
    tokens.setattr(extras, "find_spec", lambda name: None if name == "slack_bolt" else find_spec(name))
    with pytest.raises(SettingsError, match="slack-bolt") as error:
        serve_slack(Settings())
    assert error.value.hint == install_hint(".[slack]")


def test_options_that_make_no_sense_together_are_refused():
    assert listen_address(http=False, host=None, port=None) is None
    assert listen_address(http=True, host=None, port=3000) == ("127.0.0.1", 3000)
    for http, host, port in ((True, None, None), (False, None, 3000), (False, "0.0.0.0", None)):
        with pytest.raises(UsageError):
            listen_address(http=http, host=host, port=port)


def test_the_manifest_that_people_paste_has_what_the_bot_asks_for_and_no_more():
    manifest = yaml.safe_load((DOCS / "examples" / "slack-manifest.yml").read_text("utf-8"))
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    page = (DOCS / "slack.md").read_text("utf-8")
    assert scopes == run.REQUIRED_SCOPES | set(run.OPTIONAL_SCOPES)
    assert manifest["settings"]["socket_mode_enabled"]
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert all(f"`{name}`" in page for name in scopes | events)


def test_a_proxy_is_for_slack_and_not_for_this_machine(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert run.proxy_for(Settings()) == "http://proxy.example:3128"
    assert run.proxy_for(Settings(slack_api_url="https://127.0.0.1:1/api/")) is None
    monkeypatch.setenv("no_proxy", "slack.com")
    assert run.proxy_for(Settings()) is None


@pytest.mark.parametrize(
    ("method", "fault", "scopes", "told"),
    [
        ("auth.test", "invalid_auth", "", "Slack does not take SLACK_BOT_TOKEN: invalid_auth."),
        ("apps.connections.open", "missing_scope", "", "SLACK_APP_TOKEN lacks the scope connections:write."),
        ("none", "", "commands,im:history", "The app lacks the scope chat:write"),
    ],
)
@pytest.mark.wire
def test_what_slack_refuses_is_told_in_a_line(tmp_path, method, fault, scopes, told):
    with slack_stand_in() as slack:
        slack.fail(method, Fault(fault))
        slack.scopes = scopes
        around = surroundings(slack, tmp_path)
        run = subprocess.run([*NEWSQA, "slack"], env=around, cwd=tmp_path, capture_output=True, check=False)
    error = run.stderr.decode()
    assert run.returncode == 1
    assert error.count("\n") == 1
    assert told in error
    assert BOT_TOKEN not in error
    assert APP_TOKEN not in error
    assert not slack.called("chat.postMessage")


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.wire
def test_it_goes_through_a_proxy_and_trusts_the_certificates_it_is_given(tmp_path, trusted):
    with own_proxy("slack.com", tmp_path, {"ok": False, "error": "token_revoked"}) as (proxy, certificate, seen):
        around = {
            name: value
            for name, value in os.environ.items()
            if name.lower() not in {"no_proxy", "https_proxy"} and not name.startswith("NEWSQA_")
        }
        around |= {"HTTPS_PROXY": proxy, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
        around |= {"SSL_CERT_FILE": str(certificate)} if trusted else {}
        run = subprocess.run([*NEWSQA, "slack"], env=around, cwd=tmp_path, capture_output=True, check=False)
    error = run.stderr.decode()
    assert run.returncode == 1
    assert seen[0].startswith("CONNECT slack.com:443")
    if trusted:
        assert f"Authorization: Bearer {BOT_TOKEN}" in seen[1]
        assert "token_revoked" in error
    else:
        assert BOT_TOKEN not in "".join(seen)
        assert "cannot be reached" in error
        assert "SSL_CERT_FILE" in error
    assert BOT_TOKEN not in error
