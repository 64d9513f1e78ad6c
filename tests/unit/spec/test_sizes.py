"""Instance sizes that are not among the published ones."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.sizes import DEFAULT_SIZE, unpublished_sizes


@pytest.mark.parametrize(
    ("spec", "sizes"),
    [
        ({}, set()),
        ({"name": "shop", "jobs": "odd", "workers": [{"name": "mail"}, "odd"]}, set()),
        ({"jobs": [{"instance_size_slug": DEFAULT_SIZE}, {"instance_size_slug": ""}]}, set()),
        ({"jobs": [{"instance_size_slug": 7}], "services": [{"instance_size_slug": "apps-x"}]}, {"apps-x"}),
    ],
)
def test_sizes_that_are_not_published(spec: dict[str, Any], sizes: set[str]) -> None:
    assert unpublished_sizes(spec) == sizes
