"""Every form of a secret in every place, as `make reliability` counts it."""

from __future__ import annotations

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import SecretRegister
from ansible_collections.oceanops.app_platform.tests.reliability.canaries import PLACES, cells, forms


@pytest.mark.slow
def test_no_form_of_a_secret_comes_out_anywhere() -> None:
    found = list(cells())
    assert [cell for cell in found if not cell[2]] == []
    assert len(found) == len(list(forms())) * (len(PLACES) + 1)


def test_the_table_sees_what_comes_out() -> None:
    """With a register that knows nothing, nearly every cell is a leak: the places are real."""
    nothing = SecretRegister()
    form = next(iter(forms()))
    assert all(form.leaks("\n".join(show(nothing, text) for text in form.texts)) for show in PLACES.values())
