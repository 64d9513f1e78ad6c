"""Names and defaults that ansible-test's pylint would refuse are found before it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import names

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    "code",
    [
        "for _ in range(3): pass",
        "a, _ = 1, 2",
        "[1 for _ in range(3)]",
        "{k for k, (_, v) in {}.items()}",
        "def f(_): pass",
        "def f(*, foo): pass",
        "bar = 1",
        "def bar(): pass",
        "class A:\n    def bar(self): pass",
        "S = {}\ndef f(a=S): pass",
        "S: list[int] = []\ndef f(*, a=S): pass",
    ],
)
def test_refused(code: str) -> None:
    assert list(names.findings(code))


@pytest.mark.parametrize(
    "code",
    [
        "for _attempt in range(3): pass",
        "print(_)",  # reading is no finding: something else gave it
        "lambda _: 1",  # pylint looks at neither of these
        "def f(*_, **foo): pass",
        "match 1:\n    case _:\n        pass",
        "S = ()\ndef f(a=S, b=None): pass",
        "def f(foobar): pass",
        "def f():\n    S = {}\n    return lambda a=1: S",
    ],
)
def test_taken(code: str) -> None:
    assert list(names.findings(code)) == []


def test_a_finding_names_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "some.py"
    file.write_text("a = 1\n_ = 2\n")
    assert names.main([str(file)]) == 1
    assert f"{file.name}:2: disallowed name" in capsys.readouterr().out


def test_the_names_are_those_of_ansible_test() -> None:
    import ansible_test

    home = Path(next(iter(ansible_test.__path__)))
    configuration = (home / "_util/controller/sanity/pylint/config/collection.cfg").read_text()
    listed = configuration.split("bad-names=")[1].split("\n\n")[0]
    assert {name.strip(", ") for name in listed.split()} == names.FORBIDDEN
