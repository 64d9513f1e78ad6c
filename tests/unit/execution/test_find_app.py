"""One app by its name or id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.find_app import (
    AmbiguousNameError,
    AppNotFoundError,
    find_app,
    require_app,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import app_name
from tests.unit.execution.fake import FakeApps, app, context, params

SHOP, BLOG = app("shop", "id-shop"), app("blog", "id-blog")


def test_a_name_is_looked_up_once_and_then_costs_one_get(tmp_path: Path) -> None:
    api = FakeApps(SHOP, BLOG)
    assert find_app(context(api, folder=str(tmp_path)), name="shop") == SHOP
    assert api.calls == ["list", "get id-shop"]
    # Another task of the run, in another process; the list told all names.
    assert find_app(context(api, folder=str(tmp_path)), name="blog") == BLOG
    assert api.calls[2:] == ["get id-blog"]


def test_without_a_folder_a_name_is_remembered_within_the_task() -> None:
    api = FakeApps(SHOP)
    one = context(api)
    find_app(one, name="shop")
    find_app(one, name="shop")
    assert api.calls == ["list", "get id-shop", "get id-shop"]


def test_an_id_is_read_directly() -> None:
    api = FakeApps(SHOP)
    assert find_app(context(api), app_id="id-shop") == SHOP
    assert find_app(context(api), app_id="id-shop", name="ignored") == SHOP
    assert find_app(context(api), app_id="gone") is None
    assert api.calls == ["get id-shop", "get id-shop", "get gone"]


def test_without_name_and_id_there_is_none() -> None:
    api = FakeApps(SHOP)
    assert find_app(context(api)) is None
    assert api.calls == []


def test_an_app_that_was_made_anew_is_found_by_listing_again() -> None:
    api = FakeApps(app("shop", "new"))
    one = context(api)
    one.names.remember({"shop": "old"})
    found = find_app(one, name="shop")
    assert found is not None
    assert found["id"] == "new"
    assert api.calls == ["get old", "list", "get new"]
    assert one.names.find("shop") == "new"


def test_a_renamed_app_is_not_taken_for_its_old_name() -> None:
    api = FakeApps(app("store", "id-shop"))
    one = context(api)
    one.names.remember({"shop": "id-shop"})
    assert find_app(one, name="shop") is None
    assert one.names.find("shop") is None
    assert one.names.find("store") == "id-shop"


def test_an_app_that_vanishes_between_list_and_get_is_none() -> None:
    api = FakeApps(SHOP)
    listed = list(api.apps.values())
    api.apps.clear()
    api.list_apps = lambda with_projects=False: iter(listed)  # type: ignore[method-assign]
    assert find_app(context(api), name="shop") is None


def test_two_apps_with_the_name_are_an_error_and_never_remembered() -> None:
    api = FakeApps(SHOP, app("shop", "id-other"))
    one = context(api)
    with pytest.raises(
        AmbiguousNameError, match=r"2 apps have the name 'shop'; give .app_id., one of id-other, id-shop"
    ):
        find_app(one, name="shop")
    assert one.names.find("shop") is None


def test_odd_answers_have_no_name() -> None:
    assert [app_name(one) for one in ({}, {"spec": None}, {"spec": {"name": 1}})] == ["", "", ""]
    assert find_app(context(FakeApps({"id": "x"}, app("shop", "y"))), name="shop") is not None


# require_app


def test_an_app_that_is_there() -> None:
    assert require_app(context(FakeApps(SHOP)), params(app="shop")) == SHOP
    assert require_app(context(FakeApps(SHOP)), params(app_id="id-shop")) == SHOP


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["shop", "blog"], "Did you mean 'shop'\\?"),
        (["shop", "shopp", "blog"], "Did you mean 'shop' or 'shopp'\\?"),
        (["blog", "mail"], "This token sees blog, mail\\."),
        (list("abcdefgh"), "This token sees a, b, c, d, e and 3 more\\."),
        ([], "This token sees no apps at all"),
    ],
)
def test_a_missing_name_names_similar_ones(names: list[str], hint: str) -> None:
    api = FakeApps(*(app(name, f"id-{name}") for name in names))
    with pytest.raises(AppNotFoundError, match=f"there is no app named 'shpo'. {hint}") as caught:
        require_app(context(api), params(app="shpo"))
    assert caught.value.code == "app_not_found"
    assert api.calls == ["list"]


def test_a_missing_id_tells_which_call_said_so() -> None:
    with pytest.raises(AppNotFoundError, match=r"no app with the id 'shop'.*To name an app, use .app.") as caught:
        require_app(context(FakeApps(SHOP)), params(app_id="shop"))
    assert caught.value.failure() == {
        "code": "app_not_found",
        "message": caught.value.message,
        "status": 404,
        "request_id": "r-404",
        "method": "GET",
        "path": "/v2/apps/shop",
    }


@pytest.mark.parametrize("how", [find_app, lambda one, app_id: require_app(one, params(app_id=app_id))])
def test_a_text_that_is_no_id_is_told_apart_from_an_app_that_is_gone(how: Any) -> None:
    with pytest.raises(AppNotFoundError, match="no app with the id 'the shop'") as caught:
        how(context(FakeApps(SHOP)), app_id="the shop")
    assert (caught.value.status, caught.value.request_id) == (400, "r-400")


def test_an_empty_name_is_refused_before_any_call() -> None:
    api = FakeApps(SHOP)
    with pytest.raises(UsageError, match="app: missing"):
        require_app(context(api), params(app=""))
    assert api.calls == []
