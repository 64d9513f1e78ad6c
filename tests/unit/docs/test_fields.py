"""Every field of the app spec is an option of its module, and its documentation says what the platform takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.spec_arguments import component_options
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import (
    COMPONENTS,
    DOMAIN,
    ENV,
    INGRESS_RULE,
    LOG_DESTINATIONS,
    SPEC,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import (
    Listing,
    Node,
    Record,
    Scalar,
)
from tests.unit.docs.documented import COLLECTION, Option, documentation, every_option, option_at, words


def _item(node: Node) -> Record:
    assert isinstance(node, Listing)
    assert isinstance(node.item, Record)
    return node.item


#: module -> the part of the spec that its options are
PARTS: dict[str, Record] = {
    "app_service": COMPONENTS["services"][1],
    "app_worker": COMPONENTS["workers"][1],
    "app_job": COMPONENTS["jobs"][1],
    "app_static_site": COMPONENTS["static_sites"][1],
    "app_function": COMPONENTS["functions"][1],
    "app_database": COMPONENTS["databases"][1],
    "app_domain": DOMAIN,
    "app_env": ENV,
    "app_log_destination": _item(LOG_DESTINATIONS),
    "app_ingress_rule": INGRESS_RULE,
    "app_alert": _item(SPEC.fields["alerts"]),
}
#: What the platform has given up, for something else that is an option.
LEFT_OUT = {
    ("app_service", "health_check.path"),
    ("app_service", "cors.allow_origins.prefix"),
    ("app_static_site", "cors.allow_origins.prefix"),
    ("app_function", "cors.allow_origins.prefix"),
    ("app_ingress_rule", "cors.allow_origins.prefix"),
    ("app_database", "size"),
    ("app_database", "num_nodes"),
}


def _fields(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    if isinstance(node, Listing):
        yield from _fields(node.item, path)
    elif isinstance(node, Record):
        for name, inner in node.fields.items():
            here = f"{path}.{name}" if path else name
            yield here, inner
            yield from _fields(inner, here)


EVERY = [(module, path, node) for module, part in PARTS.items() for path, node in _fields(part)]
SCALARS = [(module, path, node) for module, path, node in EVERY if isinstance(node, Scalar)]


def _described(module: str, path: str) -> Option | None:
    found = option_at(module, path)
    return None if found is None and (module, path) in LEFT_OUT else found


def _asked(module: str, path: str) -> str:
    """The description of an option, with those that it refers to."""
    option = _described(module, path)
    if option is None:
        return ""
    others = re.findall(rf"as O\({COLLECTION}\.(\w+)#module:([\w.\[\]]+)\)", words(option))
    return "\n".join([words(option), *(_asked(other, place.replace("[]", "")) for other, place in others)])


def test_every_field_has_an_option() -> None:
    missing = {(module, path) for module, path, _node in EVERY if option_at(module, path) is None}
    assert missing == LEFT_OUT


def test_the_words_of_enums_are_explained() -> None:
    silent = [
        f"{module}.{path}: {word}"
        for module, path, node in SCALARS
        if (text := _asked(module, path))
        for word in node.choices
        if f"V({word})" not in text
    ]
    assert silent == []


def test_limits_are_told() -> None:
    silent = []
    for module, path, node in SCALARS:
        text = _asked(module, path)
        if not text:
            continue
        limits = [node.minimum, node.maximum] if node.maximum is not None else []
        limits += [node.min_length, node.max_length] if node.max_length is not None else []
        numbers = set(re.findall(r"(?<![\w.])\d+(?![\w])", text))
        silent += [f"{module}.{path}: {one}" for one in limits if one is not None and str(int(one)) not in numbers]
    assert silent == []


def test_defaults_of_the_platform_are_told() -> None:
    silent = [
        f"{module}.{path}: {node.default}"
        for module, path, node in SCALARS
        if node.default is not None and (text := _asked(module, path)) and f"V({node.default})" not in text
    ]
    assert silent == []


def test_what_the_platform_insists_on_is_told() -> None:
    """No ``required`` inside: the lint tells everything that is missing at once. But people have to know."""
    silent = [
        f"{module}.{path}"
        for module, path, node in SCALARS
        if node.required
        and (option := _described(module, path)) is not None
        and not option.get("required")
        and not re.search(r"\b(needs? it|needs? one|needed|required|has to be given|Exactly one)\b", words(option))
    ]
    assert silent == []


def test_alternatives_are_told() -> None:
    """Of some fields the platform takes one at most: each of them tells of another one, or the one above does."""
    silent = []
    records = [(module, "", part) for module, part in PARTS.items()]
    records += [(module, path, node) for module, path, node in EVERY if isinstance(node, Record)]
    records += [
        (module, path, node.item)
        for module, path, node in EVERY
        if isinstance(node, Listing) and isinstance(node.item, Record)
    ]
    for module, path, record in records:
        above = _asked(module, path) if path else ""
        for group in record.exclusive:
            paths = [f"{path}.{name}" if path else name for name in group]
            there = [one for one in paths if _described(module, one) is not None]
            for one in there:
                text = f"{above}\n{_asked(module, one)}"
                others = [other.rpartition(".")[2] for other in there if other != one]
                told = any(re.search(rf"[OC]\((?:[\w.\[\]]*\.)?{other}\)", text) for other in others)
                told = (
                    told or re.search(r"\b(one source|one service|one of its fields|one of these)\b", text) is not None
                )
                if not told:
                    silent.append(f"{module}.{one}")
    assert silent == []


# The options themselves


@pytest.mark.parametrize("section", COMPONENTS)
def test_only_the_name_is_required(section: str) -> None:
    """What is missing elsewhere is told by the lint, all of it at once and with its path."""
    options = component_options(section)
    assert [name for name, option in options.items() if option.get("required")] == ["name"]
    assert "'required'" not in str({name: option for name, option in options.items() if name != "name"})
    assert "'choices'" not in str(options), "a word that the platform learns tomorrow must pass"


def test_types_of_options() -> None:
    job = component_options("jobs")
    assert job["timeout"] == {"type": "str"}
    assert job["kind"] == {"type": "str", "aliases": ["trigger"]}
    assert job["instance_count"] == {"type": "int"}
    assert job["alerts"]["options"]["value"] == {"type": "float"}
    assert job["image"]["options"]["deploy_on_push"] == {"type": "dict", "options": {"enabled": {"type": "bool"}}}
    assert component_options("services")["internal_ports"] == {"type": "list", "elements": "int"}
    # true stays true as a text, and core hides nothing: that is done by the place of a value.
    assert job["envs"]["options"]["value"] == {"type": "raw", "no_log": False}
    assert job["image"]["options"]["registry_credentials"] == {"type": "str", "no_log": False}
    assert job["log_destinations"]["options"]["logtail"]["options"]["token"] == {"type": "str", "no_log": False}
    assert "aliases" not in component_options("services")["name"]


def test_the_same_field_has_the_same_words() -> None:
    """Where several modules have a field of the platform, people find it explained in the same way."""
    pairs = [
        ("app_log_destination", "", "app_job", "log_destinations"),
        ("app_ingress_rule", "cors", "app_service", "cors"),
        ("app_ingress_rule", "before", "app_ingress_rule", "match"),
        ("app_ingress_rule", "after", "app_ingress_rule", "match"),
        ("app_worker", "autoscaling", "app_service", "autoscaling"),
        ("app_function", "cors", "app_service", "cors"),
    ]
    # A name that is an option of its own is required anyway.
    own = {"log_destinations.name"}
    compared = 0
    for module, path, other, place in pairs:
        for inner, option in every_option(documentation(other)["options"][place]["suboptions"]):
            mine = option_at(module, f"{path}.{inner}".lstrip("."))
            if mine is None or f"{place}.{inner}" in own:
                continue
            assert words(mine) == words(option).replace(f"O({place}[].", f"O({path}[]." if path else "O("), (
                module,
                inner,
            )
            compared += 1
    assert compared > 50
