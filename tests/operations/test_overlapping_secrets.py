"""Several tasks for the secrets of one component, which share some of them: every run after the first one is quiet."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections import Counter
from typing import Any

import pytest

from tests.operations.conftest import IMAGE, Run
from tests.operations.test_rotation import MARKER, env, envs, puts
from tests.platform import Platform
from tests.unit.secrets.cheap import cheap_hashes

VALUES = {
    "DB_PASSWORD": "hunter2",
    "API_KEY": "key-of-the-api",
    "PIN": "4711",
    "SALT": "vE7q2XbT9sKd4LmR8wZc1FhJ6pYg3NaU",
}
Task = tuple[str, dict[str, Any]]


def declared(names: list[str], values: dict[str, str]) -> list[dict[str, Any]]:
    return [env(name, values[name]) for name in names]


def task(kind: str, names: list[str], values: dict[str, str]) -> Task:
    """A task for these secrets of the job, as one of the modules has it."""
    secrets = declared(names, values)
    if kind == "app_env":
        return kind, {"app": "shop", "component": "migrate", "envs": secrets}
    if kind == "app_job":
        return kind, {"app": "shop", "name": "migrate", "envs": secrets}
    # As the role ``app`` calls it.
    return "app", {"spec": {"name": "shop", "jobs": [{"name": "migrate", "kind": "PRE_DEPLOY", "envs": secrets}]}}


def changed(run: Run, one: Task) -> bool:
    result = run(one[0], **one[1])
    assert result.get("failed") is None, result["msg"]
    return bool(result["changed"])


@pytest.mark.parametrize("seed", range(4))
def test_random_sets_come_to_rest(seed: int, run: Run, platform: Platform, shop: Any) -> None:
    dice = random.Random(seed)
    kinds = ["app", "app_env", "app_job", *dice.choices(["app", "app_env", "app_job"], k=2)]
    sets = [dice.sample(sorted(VALUES), dice.randint(1, len(VALUES))) for _kind in kinds]
    tasks = [task(kind, names, VALUES) for kind, names in zip(kinds, sets, strict=True)]
    for one in dice.sample(tasks, len(tasks)):
        changed(run, one)
    puts(platform)
    for one in (*tasks, *dice.sample(tasks, len(tasks))):
        assert not changed(run, one)
    assert puts(platform) == 0
    assert set(envs(platform, "migrate")) == {MARKER}.union(*sets)
    name = dice.choice(sets[0])
    new = {**VALUES, name: "another one"}
    rotated = [task(kind, names, new) for kind, names in zip(kinds, sets, strict=True)]
    assert [changed(run, one) for one in rotated] == [True, *[False] * (len(kinds) - 1)]
    assert puts(platform) == 1


def test_a_whole_app_and_a_task_for_one_of_its_secrets(run: Run, platform: Platform, shop: Any) -> None:
    both = task("app", ["DB_PASSWORD", "API_KEY"], VALUES)
    one = task("app_env", ["DB_PASSWORD"], VALUES)
    assert [changed(run, each) for each in (both, one) * 3] == [True, False, False, False, False, False]
    assert puts(platform) == 1


def test_the_fingerprint_is_removed_by_hand(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    tasks = [task("app", ["DB_PASSWORD", "PIN"], VALUES), task("app_job", ["PIN", "API_KEY"], VALUES)]
    for one in tasks:
        changed(run, one)
    spec = platform.apps()["shop"]["spec"]
    job = spec["jobs"][0]
    job["envs"] = [each for each in job["envs"] if each["key"] != MARKER]
    platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": spec}).raise_for_status()
    assert [changed(run, one) for one in tasks * 2] == [True, True, False, False]


def test_with_credentials_and_policies(run: Run, platform: Platform, shop: Any) -> None:
    """A registry's credentials are a secret of the component as its variables are."""
    image = {**IMAGE, "registry_type": "GHCR", "registry": "acme", "registry_credentials": "user:token"}
    job: dict[str, Any] = {"app": "shop", "name": "migrate"}
    tasks: list[Task] = [
        ("app_job", {**job, "image": image, "envs": declared(["PIN"], VALUES)}),
        ("app_job", {**job, "image": image, "update_secrets": "on_create", "envs": declared(["PIN", "SALT"], VALUES)}),
        ("app_env", {"app": "shop", "component": "migrate", "envs": declared(["PIN", "SALT"], VALUES)}),
        ("app_job", {**job, "image": image}),
    ]
    first = [changed(run, one) for one in tasks]
    assert first == [True, True, True, False], "the third task does not know what was sent without a fingerprint"
    assert not any(changed(run, one) for one in (*tasks, *reversed(tasks)))


def test_what_a_task_hashes(run: Run, platform: Platform, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each weak secret once for a first write, however often the edit is planned; all together once in later runs."""
    computed: list[str] = []

    def count(module: Any, name: str) -> None:
        original = getattr(module, name)

        def counted(data: bytes, *more: Any, **named: Any) -> Any:
            if data != b"probe":  # whether there is scrypt at all
                computed.append(name)
            return original(data, *more, **named)

        monkeypatch.setattr(module, name, counted)

    count(hashlib, "scrypt")
    count(hmac, "new")
    one = task("app_job", sorted(VALUES), VALUES)
    for expected in ({"scrypt": 4, "new": 1}, {"scrypt": 1, "new": 1}, {"scrypt": 1, "new": 1}):
        computed.clear()
        with cheap_hashes():  # with nothing computed before
            changed(run, one)
        assert Counter(computed) == expected


def test_two_values_for_one_secret(run: Run, platform: Platform, shop: Any) -> None:
    """Only one of them can be in place: each task writes its own, in every run (docs: secrets)."""
    tasks = [task("app_job", ["PIN"], VALUES), task("app_env", ["PIN"], {"PIN": "0815"})]
    assert [changed(run, one) for one in tasks * 2] == [True] * 4
    assert not changed(run, tasks[1])


@pytest.mark.parametrize(
    "marker", [{"type": "SECRET"}, {"value": "x" * 100_000}, {"value": ""}, {"scope": "BUILD_TIME"}]
)
def test_somebody_changed_the_fingerprint(
    marker: dict[str, Any], run: Run, platform: Platform, shop: dict[str, Any]
) -> None:
    """As a secret it could never be read again, and no task came to its end."""
    one = task("app_job", ["PIN"], VALUES)
    changed(run, one)
    spec = platform.apps()["shop"]["spec"]
    next(each for each in spec["jobs"][0]["envs"] if each["key"] == MARKER).update(marker)
    platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": spec}).raise_for_status()
    assert not changed(run, ("app_job", {"app": "shop", "name": "migrate", "kind": "PRE_DEPLOY"}))
    assert [changed(run, one) for _time in range(3)] == ["scope" not in marker, False, False]
    assert envs(platform, "migrate")[MARKER].get("type") is None
