"""What would be published: each check can fail, and says why."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import release_check
from tools.release_check import CHECKS, DEVELOPMENT, READING, RUNNING, RefusedError, Release

ROOT = Path(__file__).resolve().parents[3]
GOOD: dict[str, Any] = {
    "releases": {
        "1.1.0": {"changes": {"release_summary": "More."}, "release_date": "2026-12-01"},
        "1.0.9": {"modules": [{"name": "app"}], "objects": {"role": [{"name": "app"}]}},
    },
}


class Repository:
    """A checkout of its own, with the files that the checks look at."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git("init", "--quiet", "--initial-branch", "main")
        self.write("galaxy.yml", "namespace: oceanops\nname: app_platform\nversion: 1.1.0\n")
        self.write("plugins/module_utils/_system/version.py", 'VERSION = "1.1.0"\n')
        self.write("changelogs/changelog.yaml", yaml.safe_dump(GOOD))
        self.write("CHANGELOG.md", "## v1\\.1\\.0\n")
        self.commit("Begin")

    def git(self, *words: str) -> None:
        who = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "-c",
            "tag.gpgsign=false",
            "-c",
            "commit.gpgsign=false",
        ]
        subprocess.run(["git", *who, *words], cwd=self.path, check=True, capture_output=True)

    def write(self, name: str, text: str) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def look(self, name: str) -> str:
        check = next(check for check in CHECKS if check.name == name)
        return check.look(Release())


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    path = tmp_path / "checkout"
    path.mkdir()
    monkeypatch.setattr(release_check, "ROOT", path)
    monkeypatch.setattr(release_check, "HOME", tmp_path / "home")
    monkeypatch.setattr(release_check, "TARGET", tmp_path / "target")
    return Repository(path)


def test_one_version(repository: Repository) -> None:
    assert repository.look("one-version") == "1.1.0, in 3 places"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("plugins/module_utils/_system/version.py", 'VERSION = "1.0.9"\n'),
        ("changelogs/changelog.yaml", yaml.safe_dump({"releases": {"1.0.9": {}}})),
        ("galaxy.yml", "namespace: oceanops\nname: app_platform\nversion: 1.1.0-dev0\n"),
    ],
)
def test_versions_that_differ(file: str, text: str, repository: Repository) -> None:
    repository.write(file, text)
    repository.commit("Another version")
    with pytest.raises(RefusedError, match=r"and galaxy.yml has|is no released version"):
        repository.look("one-version")


def test_a_tag_of_another_version(repository: Repository) -> None:
    repository.git("tag", "1.2.0")
    with pytest.raises(RefusedError, match=r"tag 1\.2\.0"):
        repository.look("one-version")


def test_what_is_not_committed_is_not_looked_at(repository: Repository) -> None:
    repository.write("plugins/module_utils/_system/version.py", 'VERSION = "9.9.9"\n')
    assert repository.look("one-version")


def test_a_changelog_that_tells_it_all(repository: Repository) -> None:
    assert repository.look("changelog") == "no release before it"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("changelogs/fragments/left.yml", "bugfixes: [app - a fix.]", "left.yml is in no release"),
        ("CHANGELOG.md", "nothing", "no heading for 1.1.0"),
        ("changelogs/changelog.yaml", yaml.safe_dump({"releases": {"1.1.0": {}}}), "no release_summary"),
    ],
)
def test_a_changelog_that_does_not(file: str, text: str, said: str, repository: Repository) -> None:
    repository.write(file, text)
    repository.commit("Worse")
    with pytest.raises(RefusedError, match=said):
        repository.look("changelog")


def test_a_module_that_no_release_has(repository: Repository) -> None:
    repository.write("plugins/modules/app_new.py", "1\n")
    repository.write("plugins/inventory/news.py", "1\n")
    repository.write("playbooks/shop.yml", "[]\n")
    repository.commit("More")
    with pytest.raises(
        RefusedError,
        match=r"app_new \(modules\) is listed in no release(.|\n)*news \(inventory\) is(.|\n)*shop \(playbook\)",
    ):
        repository.look("changelog")


def test_a_change_since_the_last_release_needs_a_fragment(repository: Repository) -> None:
    repository.git("tag", "1.0.9")
    repository.write("docs/page.md", "# Words\n")
    repository.commit("Words")
    repository.write("plugins/modules/app.py", "1\n")
    repository.write("changelogs/fragments/app.yml", "bugfixes: [app - a fix.]")
    repository.commit("Told")
    repository.git("rm", "--quiet", "changelogs/fragments/app.yml")
    repository.write("changelogs/changelog.yaml", yaml.safe_dump(GOOD) + "# released\n")
    repository.commit("Release")
    repository.write("roles/app/tasks/main.yml", "[]\n")
    repository.commit("Comments only\n\nChangelog: none")
    assert repository.look("changelog") == "every change since 1.0.9 has a fragment"
    repository.write("plugins/modules/app.py", "2\n")
    repository.commit("Silent")
    with pytest.raises(RefusedError, match=r"Silent: what ships has changed, and there is no fragment"):
        repository.look("changelog")


def test_a_changelog_that_was_not_generated(repository: Repository) -> None:
    listed = {
        "ancestor": None,
        "releases": {
            "1.1.0": {
                "changes": {"release_summary": "More."},
                "objects": {"playbook": [{"name": "shop", "description": "A shop", "namespace": None}]},
                "release_date": "2026-12-01",
            }
        },
    }
    repository.write("changelogs/config.yaml", (ROOT / "changelogs" / "config.yaml").read_text())
    repository.write("changelogs/changelog.yaml", yaml.safe_dump(listed))
    galaxy = {
        "namespace": "oceanops",
        "name": "app_platform",
        "version": "1.1.0",
        "readme": "README.md",
        "authors": ["A"],
    }
    repository.write("galaxy.yml", yaml.safe_dump(galaxy))
    repository.commit("By hand")
    with pytest.raises(RefusedError, match=r"CHANGELOG.md(.|\n)*\+\* oceanops.*shop \\- A shop"):
        repository.look("generated")
    for name in ("CHANGELOG.md", "changelogs/changelog.yaml"):
        repository.write(name, (release_check.collection_in(release_check.HOME / "generated") / name).read_text())
    repository.commit("Generated")
    assert repository.look("generated") == "nothing to change in 2 files"


def packed(repository: Repository, names: list[str]) -> None:
    """An archive with these files."""
    release_check.TARGET.mkdir()
    with tarfile.open(release_check.TARGET / "archive.tar.gz", "w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))


@pytest.mark.parametrize(
    ("more", "without", "said"),
    [
        ([], "", ""),
        *((["/".join((name, "file"))], "", f"{name}/file does not belong into it") for name in DEVELOPMENT),
        (["docs/.hidden"], "", "docs/.hidden does not belong"),
        ([], "LICENSE", "LICENSE is missing"),
        ([], "plugins", "plugins is missing"),
    ],
)
def test_contents(
    more: list[str], without: str, said: str, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [*(f"{name}/file" for name in RUNNING), *(name if "." in name else f"{name}/file" for name in READING)]
    whole = ["LICENSE" if name == "LICENSE/file" else name for name in whole]
    packed(repository, [name for name in whole if name.split("/")[0] != without or not without] + more)
    monkeypatch.setattr(Release, "archive", release_check.TARGET / "archive.tar.gz")
    if said:
        with pytest.raises(RefusedError, match=said):
            repository.look("contents")
    else:
        assert repository.look("contents").startswith(f"{len(whole)} files")


def test_unknown_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert release_check.main(["nonsense"]) == 2
    assert "there are: one-version, changelog" in capsys.readouterr().out


def test_the_outcome_is_counted(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert release_check.main(["one-version", "changelog"]) == 0
    assert "2 passed, 0 failed" in capsys.readouterr().out
    repository.write("CHANGELOG.md", "nothing")
    repository.commit("Worse")
    assert release_check.main(["one-version", "changelog"]) == 1
    assert "1 passed, 1 failed" in capsys.readouterr().out


def test_the_page_names_every_check() -> None:
    page = (ROOT / "docs" / "releasing.md").read_text()
    for check in CHECKS:
        assert f"| `{check.name}` |" in page
