"""Finding interpreters and making the environment: what is dead, foreign or moved is not used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment, house, interpreters, matrix

ROOT = Path(__file__).resolve().parents[3]


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def working(path: Path) -> Path:
    return program(path, f'exec "{sys.executable}" "$@"')


def this() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_a_dead_shim_is_not_an_interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "python3.12", "echo no such version >&2; exit 127")
    working(tmp_path / "bin" / f"python{this()}")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    found = interpreters.interpreters()
    assert found[this()].exists()
    assert tmp_path / "bin" / "python3.12" not in found.values()


def test_what_a_version_manager_keeps_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    working(tmp_path / ".pyenv" / "versions" / "9" / "bin" / f"python{this()}")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    assert list(interpreters.interpreters()) == [this()]


def test_make_finds_a_python_that_starts(tmp_path: Path) -> None:
    program(tmp_path / "python3", "exit 127")
    working(tmp_path / "python3.12")
    answer = subprocess.run(
        ["/bin/sh", ROOT / "tools" / "find-python"],
        env={**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "python3.12\n"


def test_an_old_python_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "LOWEST", (99, 0))
    assert environment.main() == 2
    message = capsys.readouterr().err
    assert "needs Python 99.0 or newer" in message
    assert "make env PYTHON=" in message


def test_the_callers_settings_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSIBLE_CONFIG", "DIGITALOCEAN_ACCESS_TOKEN", "DO_API_TOKEN", "PYTHONPATH"):
        monkeypatch.setenv(name, "/elsewhere")
    env = house.surroundings({"EXTRA": "1"})
    assert "/elsewhere" not in env.values()
    assert env["EXTRA"] == "1"
    assert env["ANSIBLE_COLLECTIONS_PATH"] == str(ROOT / ".venv" / "collections")


def test_the_matrix_refuses_a_version_that_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert matrix.main(["1.0"]) == 2
    assert "there are: 2.16, 2.19, 2.21, 2.22" in capsys.readouterr().out


def test_two_of_a_kind_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "CACHE", tmp_path)
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from tools import house\n"
        f"house.CACHE = Path({str(tmp_path)!r})\n"
        "with house.alone('piece'):\n"
        "    print('in')\n"
    )
    with house.alone("piece"):
        other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert "waiting" in other.stdout.readline()
    assert other.communicate(timeout=30)[0] == "in\n"
