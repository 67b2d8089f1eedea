"""The tools of the project: structure.py finds each kind of violation, trace_question.py lists modules."""

import re
from threading import Thread

import pytest

import structure
import trace_question
from places import ROOT

PROJECT = """
[tool.importlinter]
root_package = "newsqa"

[[tool.importlinter.contracts]]
name = "Imports go down only"
type = "layers"
containers = ["newsqa"]
layers = ["top | beside", "middle", "checks", "bottom"]
"""


LONG_ENOUGH = "x = 1\n" * structure.MIN_FILE_LINES
CLEAN = {
    "__init__.py": "",
    "top.py": f"from newsqa.middle import inner\nimport newsqa.bottom\n{LONG_ENOUGH}",
    "beside.py": f"def later():\n    from newsqa import bottom\n{LONG_ENOUGH}",
    "middle/__init__.py": "",
    "middle/inner.py": f"from newsqa.bottom import Base\nclass Inner(Base): pass\n{LONG_ENOUGH}",
    "checks/__init__.py": "",
    "checks/small.py": LONG_ENOUGH,
    "bottom.py": f"class Base:\n    class Meta: pass\n{LONG_ENOUGH}",
}


def checked(root, capsys, files):
    """Write a package of these files and check it; return the exit status and the violations."""
    for name, text in files.items():
        path = root / "src" / "newsqa" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (root / "pyproject.toml").write_text(PROJECT, "utf-8")
    status = structure.main(["--check", "--root", str(root)])
    return status, [line for line in capsys.readouterr().out.splitlines() if line.startswith("src/newsqa")]


def test_a_clean_package_passes(tmp_path, capsys):
    assert checked(tmp_path, capsys, CLEAN) == (0, [])


def function(lines, name="function"):
    return f"def {name}():\n" + "    x = 1\n" * (lines - 1)


VIOLATIONS = {
    "a short file": ({"bottom.py": "x = 1\n" * 39}, ["bottom.py:1: short file: 39 lines, at least 40"]),
    "a long file": ({"bottom.py": "x = 1\n" * 451}, ["bottom.py:1: long file: 451 lines, at most 450"]),
    "another long file": (
        {"checks/small.py": "x = 1\n" * 451},
        ["checks/small.py:1: long file: 451 lines, at most 450"],
    ),
    "a long function": (
        {"bottom.py": f"@cache\n{function(60)}@cache\n{function(61)}"},
        ["bottom.py:63: long function: function has 61 lines, at most 60"],
    ),
    "a long method": (
        {"bottom.py": "class Base:\n" + re.sub("^", "    ", "async " + function(61), flags=re.MULTILINE)},
        ["bottom.py:2: long function: Base.function has 61 lines, at most 60"],
    ),
    "a long function inside another": (
        {"bottom.py": "def outer():\n" + re.sub("^", "    ", function(61), flags=re.MULTILINE)},
        [
            "bottom.py:1: long function: outer has 62 lines, at most 60",
            "bottom.py:2: long function: outer.function has 61 lines, at most 60",
        ],
    ),
    "a class name twice": (
        {
            "top.py": f"class _One: pass\n{LONG_ENOUGH}",
            "bottom.py": f"class Base: pass\nclass _One: pass\n{LONG_ENOUGH}",
        },
        ["bottom.py:2: class name: _One is also defined in top.py:1"],
    ),
    "a class name twice, once in a condition": (
        {"top.py": f"if True:\n    class Base: pass\n{LONG_ENOUGH}"},
        ["bottom.py:1: class name: Base is also defined in top.py:2"],
    ),
    "a vague module name": (
        {"middle/utils.py": LONG_ENOUGH},
        ["middle/utils.py:1: module name: newsqa.middle.utils does not say what it holds"],
    ),
    "a vague package name": (
        {"middle/common/__init__.py": LONG_ENOUGH},
        ["middle/common/__init__.py:1: module name: newsqa.middle.common does not say what it holds"],
    ),
    "an import circle": (
        {
            "middle/inner.py": f"from .other import y\n{LONG_ENOUGH}",
            "middle/other.py": f"from newsqa.middle.inner import x\n{LONG_ENOUGH}",
        },
        ["middle/inner.py:1: import circle: newsqa.middle.inner → newsqa.middle.other → newsqa.middle.inner"],
    ),
    "an import circle through a function": (
        {
            "middle/inner.py": f"from newsqa.middle import other\n{LONG_ENOUGH}",
            "middle/other.py": f"def later():\n    from newsqa.middle.inner import x\n{LONG_ENOUGH}",
        },
        ["middle/other.py:2: deferred import circle: newsqa.middle.inner → newsqa.middle.other → newsqa.middle.inner"],
    ),
    "an import that goes up": (
        {"checks/small.py": f"from newsqa.middle import inner\n{LONG_ENOUGH}"},
        ["checks/small.py:1: layer: newsqa.checks.small imports newsqa.middle.inner, which is in no lower layer"],
    ),
    "an import that goes up inside a function": (
        {"checks/small.py": f"class A:\n    def later(self):\n        import newsqa.middle.inner\n{LONG_ENOUGH}"},
        ["checks/small.py:3: layer: newsqa.checks.small imports newsqa.middle.inner, which is in no lower layer"],
    ),
    "an import within a layer": (
        {"beside.py": f"import newsqa.top\n{LONG_ENOUGH}"},
        ["beside.py:1: layer: newsqa.beside imports newsqa.top, which is in no lower layer"],
    ),
    "a room in no layer": ({"new.py": LONG_ENOUGH}, [":1: layer: newsqa.new is in no layer"]),
}


@pytest.mark.parametrize(("files", "expected"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_each_violation_is_found(tmp_path, capsys, files, expected):
    status, found = checked(tmp_path, capsys, CLEAN | files)
    assert status == 1
    assert sorted(line.removeprefix("src/newsqa").lstrip("/") for line in found) == expected


def test_imports_under_type_checking_do_not_count(tmp_path, capsys):
    guarded = "if TYPE_CHECKING:\n    from newsqa.top import x\nelse:\n    import newsqa.bottom\n"
    assert checked(tmp_path, capsys, CLEAN | {"checks/small.py": guarded + LONG_ENOUGH}) == (0, [])


def test_the_size_of_the_whole_package_is_limited(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(structure, "MAX_FILES", 7)
    monkeypatch.setattr(structure, "MAX_LINES", 100)
    assert checked(tmp_path, capsys, CLEAN) == (
        1,
        ["src/newsqa:1: files: 8 Python files, at most 7", "src/newsqa:1: lines: 208 lines, at most 100"],
    )


def test_a_root_without_the_package_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        structure.main(["--root", str(tmp_path)])
    assert stopped.value.code == 2
    assert "--root" in capsys.readouterr().err


def test_the_figures_are_printed(capsys):
    assert structure.main([]) == 0
    printed = capsys.readouterr().out
    files = len(list((ROOT / "src" / "newsqa").rglob("*.py")))
    assert printed.startswith(f"{files} files, ")
    assert "Biggest files" in printed
    assert re.search(r"^render +\d+ +[\d,]+$", printed, re.MULTILINE)


def traced(capsys, *arguments):
    """Run trace_question.py; return the exit status, what was printed, and the modules with functions and calls."""
    status = trace_question.main(arguments)
    printed = capsys.readouterr().out
    rows = re.findall(r"^(newsqa[\w.]*) +(\d+) +([\d,]+)$", printed, re.MULTILINE)
    return status, printed, {name: (int(functions), int(calls.replace(",", ""))) for name, functions, calls in rows}


def test_an_answer_and_the_check_of_a_sentence_are_traced_module_by_module(capsys, sample_index):
    status, printed, answering = traced(capsys, "--index", str(sample_index), "--check", "1000")
    assert status == 0
    assert "2,500 people" in printed
    assert f"\n{len(answering)} modules\n" in printed

    status, printed, checking = traced(capsys, "--index", str(sample_index), "--sentence", "--check", "3")
    assert status == 1
    assert f"text='{trace_question.SENTENCE}'" in printed
    assert answering.keys() - checking.keys()

    assert len(answering) > 10
    assert 5 < len(checking) <= 10  # one written sentence is checked in a few files
    for modules in (answering, checking):
        assert all(1 <= functions <= calls for functions, calls in modules.values())
        assert not [name for name in modules if name.startswith(trace_question.ABOVE)]


def test_threads_count_and_imports_do_not(tmp_path, monkeypatch):
    (tmp_path / "newsqa_traced.py").write_text("def called(): pass\ndef at_import(): pass\nat_import()\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(trace_question, "PACKAGE", "newsqa_traced")

    def work():
        import newsqa_traced

        newsqa_traced.called()

    with trace_question.Trace() as trace:
        with trace.recording():
            thread = Thread(target=work)
            thread.start()
            thread.join()
        work()
    (functions,) = trace.calls.values()
    assert {code.co_name: calls for code, calls in functions.items()} == {"called": 1}
