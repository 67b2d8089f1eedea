"""Little room, no right to write, many files, endless questions, no network: all is done, or an error names why."""

import errno
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import lives
import pytest
import pytest_socket
from harbour_reports import indexed, write, written
from quick_desk import quick_desk
from word_embedder import WordEmbedder

from newsqa.errors import LibraryError, ModelError
from newsqa.ingest import language
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from newsqa.types import Turn
from thoroughness import at_length

SIZES = (1_000, 30_000, 100_000, 180_000, 240_000, 300_000, 400_000, 600_000)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("made")
    (root / "news").mkdir()
    for number in range(8):
        write(root / "news", number, 0)
    index_source(Settings(index=root / "index"), str(root / "news"), embedder=WordEmbedder())
    return root


@pytest.mark.parametrize("largest", SIZES[:: at_length(4, 2, 1)])
def test_where_a_file_can_grow_no_more_it_is_no_success_and_goes_on_when_it_can(made, tmp_path, largest):
    folder, settings = tmp_path / "news", Settings(index=tmp_path / "index")
    shutil.copytree(made / "news", folder)
    index_source(settings, str(folder), embedder=WordEmbedder())
    for number in range(6, 14):
        write(folder, number, 1)
    code = lives.life(lives.run_index_in_little_room, settings.index, folder, largest)
    assert code in {0, lives.REFUSED}
    with suppress(LibraryError):
        found = indexed(settings)
        assert code != 0 or found == written(folder)
        assert all(found[path] == text for path, text in written(made / "news").items() if path[-5] < "6")
    index_source(settings, str(folder), embedder=WordEmbedder())
    assert indexed(settings) == written(folder)


def test_a_full_temporary_folder_is_named(monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    language._identifier.cache_clear()
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(ModelError, match="No space left") as refused:
        language.detect_language("Der Hafen von Tellin wurde am Freitag nach neun Wochen wieder für Boote geöffnet.")
    assert "TMPDIR" in refused.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a folder that even root cannot write to")
def test_a_folder_that_cannot_be_written_is_named(made):
    with pytest.raises(LibraryError, match="/sys/newsqa") as refused:
        index_source(Settings(index=Path("/sys/newsqa")), str(made / "news"), embedder=WordEmbedder())
    assert "--index" in refused.value.hint


def test_thousands_of_small_files_are_all_read(tmp_path):
    folder, settings = tmp_path / "news", Settings(index=tmp_path / "index")
    folder.mkdir()
    for number in range(count := at_length(100, 1_000, 20_000)):
        (folder / f"{number:05}.txt").write_text(f"The harbour of town{number} opened on Friday.")
    assert index_source(settings, str(folder), embedder=WordEmbedder()).added == count
    assert index_source(settings, str(folder), embedder=WordEmbedder()).unchanged == count


def test_an_endless_question_is_refused_and_of_a_thousand_turns_the_last_are_read(made):
    turns = [Turn(f"How many boats does basin {n} hold?", "x" * 10_000) for n in range(1_000)]
    with quick_desk(made / "index") as desk:
        refused = desk.ask("and he " * 150_000, history=turns)
        answer = desk.ask("How many boats does harbour basin 7 hold in report 3?", history=turns)
    assert (refused.refused, refused.reason) == (True, "question_unusable")
    assert answer.citations


def test_indexing_and_answering_open_no_connection(made, tmp_path):
    pytest_socket.disable_socket(allow_unix_socket=True)
    try:
        index_source(Settings(index=tmp_path / "index"), str(made / "news"), embedder=WordEmbedder())
        with quick_desk(tmp_path / "index") as desk:
            assert desk.ask("How many boats does harbour basin 7 hold in report 3?").citations
    finally:
        pytest_socket._remove_restrictions()
