"""What a model costs is told in dollars, as nothing where it runs here, and not at all where nobody knows."""

from datetime import date

import pytest

from newsqa.models.usage import Price
from newsqa.render.record import from_record, to_record
from newsqa.types import Answer, Usage


def test_tokens_are_priced_as_the_list_has_it():
    price = Price("openai:gpt-4o-mini")
    thousand = price.dollars(1000, 0)
    assert thousand is not None
    assert thousand > 0
    assert price.dollars(2000, 0) == pytest.approx(2 * thousand)
    assert price.dollars(0, 1000) > thousand  # what is written costs more than what is read
    assert price.dollars(1000, 0, 900) < thousand  # and what was kept from before less


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("extractive", ""),
        ("local", ""),
        ("llamacpp:/models/small.gguf", ""),
        ("ollama:llama3", ""),
        ("openai:gpt-4o", "http://127.0.0.1:8080/v1"),
        ("openai:gpt-4o", "http://localhost/v1"),
        ("openai:anything", "http://[::1]:1/v1"),
    ],
)
def test_what_runs_on_this_machine_costs_nothing(name, address):
    assert Price(name, address).dollars(10**6, 10**6) == 0.0


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("openai:never-heard-of", ""),
        ("openai:gpt-4o", "https://models.example/v1"),
        ("ollama:llama3", "http://192.0.2.1:11434"),
        ("nobody:x", ""),
        ("openai:", ""),
    ],
)
def test_an_unknown_price_is_no_price(name, address):
    assert Price(name, address).dollars(1, 1) is None
    assert not Price(name, address).known


def test_a_record_from_before_costs_were_kept_is_still_read():
    answer = Answer("What?", "What?", date(2025, 1, 1), "So.", usage=Usage(7, 3, 0.25))
    record = to_record(answer)
    assert from_record(record).usage == Usage(7, 3, 0.25)
    del record["usage"]["cost"]
    assert from_record(record).usage == Usage(7, 3, None)
