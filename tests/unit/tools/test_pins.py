"""What is installed: exact versions with hashes, everywhere the same, and the lowest that is promised."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tools import pins

ROOT = Path(__file__).resolve().parents[3]
FILES = [file.target for file in pins.FILES]


def wishes(file: str) -> dict[str, str]:
    """Name -> condition on its version, of a file of requirements."""
    lines = [line for line in (ROOT / file).read_text().splitlines() if line and not line.startswith(("#", " "))]
    found = [re.match(r"([A-Za-z0-9_.-]+)(.*)", line.split(";")[0].rstrip("\\ ")) for line in lines]
    assert all(found)
    return {normal(one[1]): one[2].strip() for one in found if one}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_a_version_and_hashes(file: str) -> None:
    text = (ROOT / file).read_text()
    pinned = re.split(r"\n(?=\S)", re.sub(r"(?m)^#.*\n", "", text).strip())
    assert pinned
    for one in pinned:
        assert re.match(r"[a-z0-9.-]+==[0-9][^ ]*( ; [^\\]+)? \\\n", one), one
        assert re.findall(r"(?m)^    --hash=sha256:[0-9a-f]{64}( \\)?$", one), one


@pytest.mark.parametrize("file", FILES)
def test_no_index_is_named(file: str) -> None:
    """Where packages come from is each machine's affair."""
    assert not re.search(r"(?m)://|^ *-(i|f)\b|^ *--(?!hash=)", (ROOT / file).read_text())


@pytest.mark.parametrize("file", pins.FILES, ids=lambda file: file.target)
def test_every_wish_is_pinned(file: pins.File) -> None:
    assert set(wishes(file.source)) <= set(wishes(file.target))


def test_the_matrix_has_the_versions_of_development() -> None:
    development = wishes(pins.DEVELOPMENT)
    assert {name: development[name] for name in wishes(pins.MATRIX)} == wishes(pins.MATRIX)


def test_the_oldest_core_is_tested_with_what_is_promised_at_least() -> None:
    assert "(MATRIX, LOWEST) if core == CORES[0]" in (ROOT / "noxfile.py").read_text()
    tested = wishes(pins.LOWEST)
    promised = wishes("requirements.txt")
    assert set(promised) == {"requests", "urllib3"}
    for name, condition in promised.items():
        least = condition.removeprefix(">=")
        assert re.fullmatch(re.escape(f"=={least}") + r"(\.0)*", tested[name])


def test_the_modules_promise_the_same() -> None:
    fragment = (ROOT / "plugins" / "doc_fragments" / "api.py").read_text()
    documented = yaml.safe_load(re.search(r'r"""\n(.*?)"""', fragment, re.DOTALL)[1])["requirements"]  # type: ignore[index]
    assert [one.replace(" ", "") for one in documented if not one.startswith("python ")] == [
        name + what for name, what in wishes("requirements.txt").items()
    ]


def test_pip_is_told_to_look() -> None:
    recipe = (ROOT / "Makefile").read_text()
    assert re.search(r"pip install .*--require-hashes --no-deps -r requirements-dev.txt\n", recipe)
    assert '"--require-hashes", "--no-deps", "-r", file' in (ROOT / "noxfile.py").read_text()
