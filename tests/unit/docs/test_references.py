"""What pages, comments and docstrings name is there: files, folders, make's targets, programs, functions."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.house import ROOT, source_files

FILES = source_files()
PATHS = {str(path) for path in FILES} | {str(folder) for path in FILES for folder in path.parents}
#: Written from other documents, or about files that a test or a user makes.
LEFT_OUT = re.compile(r"changelogs/|CHANGELOG|LICENSES/|docs/api-reference\.md|tests/contract/|tests/unit/tools/test_")
TEXTS = [
    path
    for path in FILES
    if (path.suffix in {".md", ".py", ".yml", ".yaml", ".toml"} or path.name in {"Makefile", "run"})
    and not LEFT_OUT.match(str(path))
    and path != Path("tests/unit/docs/test_references.py")
]
PROGRAMS = [path for path in TEXTS if path.suffix == ".py"]

TOP = "docs|extensions|inventory|meta|playbooks|plugins|roles|tests|tools"
#: A path from the top, or from module_utils; one with a placeholder (NAME, VERSION) is none.
PATH = re.compile(
    rf"(?<![\w./@{{}}-])(?:(?:{TOP})/[\w./-]*\w\.(?:py|md|ya?ml|json|txt|in)|_[a-z_]+/(?:[a-z_]+/)*[a-z_0-9]+\.py)\b"
)
FOLDER = re.compile(rf"`((?:{TOP}|_[a-z]+)(?:/[\w.-]+)*/)`")
TARGET = re.compile(r"`make ([a-z]+(?:-[a-z]+)*)(?![\w-]*[A-Z.\d])")
MODULE = re.compile(r"python -m ((?:tools|tests)(?:\.\w+)+)")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
#: A function and its file: ``perform`` of ``_ansible/operation.py``.
FUNCTION_OF_FILE = re.compile(r"`([A-Za-z_]\w*)(?:\(\))?` (?:of|in) `?((?:[\w]+/)*\w+\.py)`?")
QUOTED = re.compile(r"(`{1,2})([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\([^`]*\))?\1(?!`)")
#: Names of others: words of the API's and of other tools' documents, options of programs.
COMMENT = re.compile(r"(?<!\S)#[:!]? .*`.*")
#: What a page for contributors writes as a call: ``name(...)``.
CALL = re.compile(r"`(?:\w+\.)?([a-z_]+)\([^`]*\)`")
FOREIGN = {"RV", "apiKey", "databaseUrl", "envVars", "to_json"}


def exists(path: str) -> bool:
    """Whether a path from the top, from module_utils or from plugins is one of the checkout's."""
    bases = (
        "",
        "plugins/",
        "plugins/module_utils/",
        "roles/simulator/files/",
        "roles/simulator/files/app_platform_simulator/",
    )
    return any(f"{base}{path}".rstrip("/") in PATHS for base in bases)


@functools.cache
def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(read(path))


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def found(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """``file:line`` and the match, for every match in the texts."""
    for path in TEXTS:
        for match in pattern.finditer(read(path)):
            yield f"{path}:{line_of(read(path), match.start())}", match


def names_in(module: ast.Module) -> Iterator[str]:
    """The identifiers of a program, and the short texts in it: keys, options, choices."""
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, (ast.arg, ast.keyword)):
            yield node.arg or ""
        elif isinstance(node, ast.alias):
            yield from (node.name.split(".")[-1], node.asname or "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 80:
            yield node.value


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The comments and docstrings of a program, with their lines."""
    for comment in COMMENT.finditer(read(path)):
        yield line_of(read(path), comment.start()), comment[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            yield node.body[0].lineno, ast.get_docstring(node) or ""


def test_files() -> None:
    named = [(where, match[0]) for where, match in found(PATH) if not re.search(r"[A-Z]{4}", match[0])]
    assert len(named) > 300
    assert [f"{where}: {path}" for where, path in named if not exists(path)] == []


def test_folders() -> None:
    named = [(where, match[1]) for where, match in found(FOLDER)]
    assert len(named) > 30
    assert [f"{where}: {path}" for where, path in named if not exists(path)] == []


def test_targets_of_make() -> None:
    makefile = read(Path("Makefile"))
    gates = re.search(r"^GATES := (.*)$", makefile, re.MULTILINE)
    assert gates is not None
    targets = {*re.findall(r"^([a-z-]+):", makefile, re.MULTILINE), *gates[1].split()}
    named = [(where, match[1]) for where, match in found(TARGET)]
    assert len(named) > 50
    assert [f"{where}: make {name}" for where, name in named if name not in targets] == []


def test_programs() -> None:
    named = [(where, match[1].replace(".", "/")) for where, match in found(MODULE)]
    assert len(named) > 10
    assert [f"{where}: {name}" for where, name in named if not {f"{name}.py", f"{name}/__main__.py"} & PATHS] == []


@pytest.mark.parametrize("pattern", [TEST, FUNCTION_OF_FILE], ids=["tests", "functions"])
def test_functions_of_files(pattern: re.Pattern[str]) -> None:
    missing = []
    for where, match in found(pattern):
        path, name = match.groups() if pattern is TEST else (match[2], match[1])
        files = [one for one in PROGRAMS if str(one) == path or str(one).endswith(f"/{path}")]
        if not any(name in names_in(tree(one)) for one in files):
            missing.append(f"{where}: {name} of {path}")
    assert missing == []


@functools.cache
def known_names() -> frozenset[str]:
    names = {name for path in PROGRAMS for name in names_in(tree(path))}
    return frozenset(FOREIGN | names | {path.name for path in FILES})


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md", "docs/execution.md"])
def test_calls_in_pages_for_contributors(page: str) -> None:
    assert [match[0] for match in CALL.finditer(read(Path(page))) if match[1] not in known_names()] == []


def test_every_folder_of_tests_is_described() -> None:
    described = re.findall(r"`tests/(\w+)`", read(Path("docs/architecture.md")))
    folders = {path.parts[1] for path in FILES if path.parts[0] == "tests" and len(path.parts) > 2}
    assert folders <= set(described)


def test_where_to_begin() -> None:
    """The table of files of a task, in docs/architecture.md: each has what is to be read in it."""
    rows = re.findall(r"^\| `([\w/]+\.py)` \| ((?:`\w+`(?:, )?)+) \|", read(Path("docs/architecture.md")), re.MULTILINE)
    assert len(rows) == 6
    missing = [
        f"{file}: {name}"
        for file, names in rows
        for name in re.findall(r"\w+", names)
        if name not in names_in(tree(Path("plugins") / file))
    ]
    assert missing == []


def test_names_in_comments_and_docstrings() -> None:
    known = known_names()
    missing = [
        f"{path}:{line}: {name[2]}"
        for path in PROGRAMS
        for line, text in prose(path)
        for name in QUOTED.finditer(text)
        if not {name[2], name[2].split(".")[-1]} & known
    ]
    assert missing == []
