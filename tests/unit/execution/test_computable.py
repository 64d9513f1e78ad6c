# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Law: a variable that is set and can't be computed is told from one that is not set, whatever it holds and wherever.

It is about the condition that every task of the roles and playbooks has; that each task has it is shown by
tests/both_paths/test_undefined_variables.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ansible.template
import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
#: The roles, and what the playbooks have (with the variables of `destroy`).
ROLES = ("app", "jobs", "preview", "release", "simulator", "play")
PLAY = yaml.safe_load((ROOT / "playbooks" / "vars" / "variables.yml").read_text(encoding="utf-8"))
OLD = not hasattr(ansible.template, "trust_as_template")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

#: Values that can't be computed, each for a reason of its own.
BROKEN = (
    "{{ set_by_nobody }}",
    "shop-{{ set_by_nobody }}",
    "{{ set_by_nobody.deep.down }}",
    "{{ {}.missing }}",
    "{{ [] | first }}",
    "{{ to_nobody }}",
    "{{ lookup('ansible.builtin.file', '/nowhere/at/all') }}",
    "{{ 'x' | no_such_filter }}",
    "{{ 'x' | mandatory | int / 0 }}",
    "{% if set_by_nobody %}a{% endif %}",
    "{{ itself }}",
    "#jinja2: x",
)
#: Values that can, templates among them, and some that look odd.
FINE = (
    "shop",
    "",
    "{{ 'a' ~ 1 }}",
    "{{ set_by_nobody | default('a') }}",
    "{{ fine }}",
    None,
    True,
    7,
    2.5,
    [],
    {},
)


def trusted(value: Any) -> Any:
    """A value as it comes of a file of the user."""
    if isinstance(value, str):
        return value if OLD else ansible.template.trust_as_template(value)
    if isinstance(value, dict):
        return {name: trusted(one) for name, one in value.items()}
    return [trusted(one) for one in value] if isinstance(value, list) else value


def condition(role: str) -> tuple[list[str], str]:
    """The role's variables, and the condition over them."""
    if role == "play":
        (play,) = yaml.safe_load((ROOT / "playbooks" / "destroy.yml").read_text(encoding="utf-8"))
        return play["vars"]["play__variables"], PLAY["play__computable"]
    vars_file = yaml.safe_load((ROOT / "roles" / role / "vars" / "main.yml").read_text(encoding="utf-8"))
    return vars_file[f"{role}__variables"], vars_file[f"{role}__computable"]


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The leaf itself, or a list or mapping with it among fine values."""
    fine = st.sampled_from(FINE)
    names = st.sampled_from(("a", "value", "envs", "x y"))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.lists(fine, max_size=2), inner).map(lambda one: [*one[0], one[1]]),
            st.tuples(st.dictionaries(names, fine, max_size=2), inner).map(lambda one: {**one[0], "deep": one[1]}),
        ),
        max_leaves=3,
    )


def computable(role: str, given_variables: dict[str, Any]) -> bool:
    """What the condition comes to. Raises what Ansible raises."""
    names, text = condition(role)
    own = {"fine": "fine", "itself": "{{ itself }}", "to_nobody": "{{ set_by_nobody }}"}
    variables = {**PLAY, f"{role}__variables": names, **own, **given_variables}
    if OLD:
        variables["omit"] = "__omit_place_holder__0"
    result = Templar(DataLoader(), trusted(variables)).template(trusted(text))
    return bool(result in (True, "True"))


@pytest.fixture(scope="module", autouse=True)
def lookups() -> Iterator[None]:
    """Core's own lookups by their full names, without its finder of collections, which would replace pytest's."""
    find = lookup_loader.get
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup_loader, "get", lambda name, *args, **more: find(name.rpartition(".")[2], *args, **more))
        yield


@pytest.mark.law
@settings(settings.get_profile("thorough"))
@given(role=st.sampled_from(ROLES), broken=nested(st.sampled_from(BROKEN)), data=st.data())
def test_one_that_is_broken_is_never_passed_over(role: str, broken: Any, data: st.DataObject) -> None:
    names = condition(role)[0]
    others = data.draw(st.dictionaries(st.sampled_from(names), st.sampled_from(FINE), max_size=4))
    victim = data.draw(st.sampled_from(names))
    with pytest.raises(AnsibleError):
        computable(role, {**others, victim: broken})


@pytest.mark.law
@given(role=st.sampled_from(ROLES), data=st.data())
def test_those_that_can_be_computed_hinder_nothing(role: str, data: st.DataObject) -> None:
    names = condition(role)[0]
    fine = nested(st.sampled_from(FINE))
    assert computable(role, data.draw(st.dictionaries(st.sampled_from(names), fine, max_size=4)))


@pytest.mark.parametrize("role", ROLES)
def test_a_broken_one_that_is_not_the_roles_own_hinders_nothing(role: str) -> None:
    assert computable(role, {"another_variable": "{{ set_by_nobody }}", f"{condition(role)[0][0]}_too": "{{ no }}"})
