"""Finding interpreters and making the environment: what is dead, foreign or moved is not used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import get_pip, house

ROOT = Path(__file__).resolve().parents[3]


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def working(path: Path) -> Path:
    return program(path, f'exec "{sys.executable}" "$@"')


def test_what_pyenv_keeps_is_found_the_oldest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("2.7.18", "3.9.1", "3.12.1", "3.10.13", "3.14-dev"):
        (tmp_path / "versions" / version / "bin").mkdir(parents=True)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert house.interpreter_folders() == [f"{tmp_path}/versions/{version}/bin" for version in ("3.10.13", "3.12.1")]


def make(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/usr/bin/make", "--always-make", *words, "env"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_finds_a_python_that_starts(tmp_path: Path) -> None:
    program(tmp_path / "python3", "exit 127")
    working(tmp_path / "python3.13")
    assert "python3.13 -m venv --clear .venv" in make(tmp_path, "--dry-run").stdout


def test_an_old_python_is_refused_with_the_way_out(tmp_path: Path) -> None:
    old = program(tmp_path / "old", "exit 1")
    answer = make(tmp_path, f"PYTHON={old}")
    assert answer.returncode == 2
    assert "needs Python 3.11 or newer" in answer.stderr
    assert "make env PYTHON=" in answer.stderr


def test_the_callers_settings_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSIBLE_CONFIG", "DIGITALOCEAN_ACCESS_TOKEN", "DO_API_TOKEN", "PYTHONPATH"):
        monkeypatch.setenv(name, "/elsewhere")
    env = house.process_environment({"EXTRA": "1"})
    assert "/elsewhere" not in env.values()
    assert env["EXTRA"] == "1"
    assert env["ANSIBLE_COLLECTIONS_PATH"] == str(ROOT / ".venv" / "collections")


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


def test_ansible_test_finds_pip_and_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "lib" / "python3.13" / "site-packages" / "ansible_test" / "_internal"
    source.mkdir(parents=True)
    (source / "python_requirements.py").write_text("pip='25.2',")
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "180")

    home = get_pip.offer(tmp_path, tmp_path / "home")

    assert "ensurepip" in (home / ".ansible" / "test" / "cache" / "get_pip_25_2.py").read_text()
    assert (home / ".config" / "pip" / "pip.conf").resolve() == settings
    assert "default-timeout = 180\n" in (home / ".pip" / "pip.conf").read_text()
