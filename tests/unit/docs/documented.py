"""The documentation of the modules as ansible-doc gives it, fragments included, beside the options that they take."""

from __future__ import annotations

import functools
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation

ROOT = Path(__file__).resolve().parents[3]
COLLECTION = "oceanops.app_platform"
MODULES = tuple(sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")))
#: Those that declare a part of an app's spec: one way through the code, and the same results.
DECLARING = tuple(
    f"app_{name}" if name else "app"
    for name in (
        "", "job", "service", "worker", "static_site", "function", "database",
        "domain", "env", "alert", "log_destination", "ingress_rule",
    )
)  # fmt: skip

Option = Mapping[str, Any]


@functools.cache
def _all() -> dict[str, Any]:
    names = [f"{COLLECTION}.{name}" for name in MODULES]
    command = [sys.executable, "-m", "ansible.cli.doc", "--type", "module", "--json", *names]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert set(found) == set(names), done.stderr
    return found


def manual(module: str) -> str:
    """What ``ansible-doc`` prints for it where no terminal says how wide it is, without colours."""
    command = [sys.executable, "-m", "ansible.cli.doc", f"{COLLECTION}.{module}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def documentation(module: str) -> dict[str, Any]:
    """DOCUMENTATION with its fragments."""
    doc: dict[str, Any] = _all()[f"{COLLECTION}.{module}"]["doc"]
    return doc


def returned(module: str) -> dict[str, Any]:
    """RETURN, as it stands in the module."""
    values: dict[str, Any] = _all()[f"{COLLECTION}.{module}"]["return"]
    return values


def return_value(module: str, path: str) -> Mapping[str, Any] | None:
    """The return value at a path such as ``deployment.failures`` or ``apps[].spec``; None if there is none."""
    values: Mapping[str, Any] = returned(module)
    found: Mapping[str, Any] | None = None
    for name in path.replace("[]", "").split("."):
        found = values.get(name)
        if found is None:
            return None
        values = found.get("contains") or {}
    return found


def keys_of(module: str, path: str) -> dict[str, Any]:
    """The documented keys of a return value: its own, and those of the one whose keys it says it has."""
    value = return_value(module, path)
    assert value is not None, f"{module} documents no {path}"
    found: dict[str, Any] = {}
    for other, place in _SAME_KEYS.findall(words(value)):
        found |= keys_of(other, place)
    return found | (value.get("contains") or {})


_SAME_KEYS = re.compile(rf"with the keys of RV\({re.escape(COLLECTION)}\.(\w+)#module:([\w.\[\]]+)\)")


def examples(module: str) -> str:
    """EXAMPLES, as text."""
    text: str = _all()[f"{COLLECTION}.{module}"]["examples"]
    return text


def operation(module: str) -> Operation:
    """What the module runs."""
    found = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{module}").OPERATION
    assert isinstance(found, Operation)
    return found


def arguments(module: str) -> dict[str, Any]:
    """The options as AnsibleModule and ArgumentSpecValidator get them."""
    return operation(module).arguments.as_arguments()


def every_option(options: Mapping[str, Option], path: str = "") -> Iterator[tuple[str, Option]]:
    """(path, option) of documented options and sub-options: ``envs.key``."""
    for name, option in options.items():
        here = f"{path}.{name}" if path else name
        yield here, option
        yield from every_option(option.get("suboptions") or {}, here)


def option_at(module: str, path: str) -> Option | None:
    """A documented option by its path; None if there is none."""
    return dict(every_option(documentation(module)["options"])).get(path)


def words(option: Mapping[str, Any]) -> str:
    """The description of an option or a return value as one text."""
    described = option["description"]
    return described if isinstance(described, str) else "\n".join(described)
