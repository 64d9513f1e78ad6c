# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Find one app by its name or id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._api.errors import ApiError, AppPlatformError, InvalidRequestError, NotFoundError, UsageError
from .._deployments.deployment import app_name
from .._spec.suggestion import did_you_mean
from .._types.api_objects import App
from .context import Context

#: Names in a message.
MAX_NAMES = 5


class AppNotFoundError(AppPlatformError):
    """There is no such app in this account."""

    default_code = "app_not_found"


class AmbiguousNameError(AppPlatformError):
    """Several apps have the name."""

    default_code = "app_ambiguous"


def find_app(context: Context, *, name: str | None = None, app_id: str | None = None) -> App | None:
    """The app with this id, or else with this name, as a GET returns it now; None when there is none.

    The id of a name is cached for the run and checked by the same GET; all apps are listed only when the cache has no
    id or an outdated one. Raises AmbiguousNameError when several apps have the name.
    """
    if app_id:
        return _by_id(context, app_id)[0]
    return _by_name(context, name)[0] if name else None


def require_app(context: Context, params: Mapping[str, Any]) -> App:
    """The app that the options ``app`` or ``app_id`` name. Raises AppNotFoundError, with similar names."""
    app_id, name = params.get("app_id"), params.get("app")
    if app_id:
        app, error = _by_id(context, app_id)
        if app is None:
            raise _no_such_id(app_id, error)
        return app
    if not name:
        raise UsageError("app: missing; give `app`, the name of an app, or `app_id`")
    found, names = _by_name(context, name)
    if found is None:
        raise _not_found(name, names)
    return found


def _by_id(context: Context, app_id: str) -> tuple[App | None, ApiError | None]:
    """The app, or None and the API's error. Raises AppNotFoundError for a string that is not an id."""
    failure: ApiError
    try:
        return context.api.get_app(app_id), None
    except NotFoundError as error:
        return None, error
    except InvalidRequestError as error:
        failure = error
    raise _no_such_id(app_id, failure)


def _no_such_id(app_id: str, error: ApiError | None) -> AppNotFoundError:
    failure = AppNotFoundError(
        f"app_id: there is no app with the id {app_id!r} that this token can see. To name an app, use `app`."
    )
    if error is not None:
        failure.status, failure.request_id = error.status, error.request_id
        failure.method, failure.path = error.method, error.path
    return failure


def _get(context: Context, app_id: str) -> App | None:
    try:
        return context.api.get_app(app_id)
    except NotFoundError:
        return None


def _by_name(context: Context, name: str) -> tuple[App | None, list[str]]:
    """The app with the name; where the apps were listed, also the names of all."""
    app = _cached(context, name)
    if app is not None:
        return app, []
    # Of many hosts that start at the same time, one lists the apps, and the others use its cache.
    with context.lock(f"names of {context.names.location}"):
        if context.names.find(name) is None:
            return _look_up(context, name)
    app = _cached(context, name)
    return (app, []) if app is not None else _look_up(context, name)


def _cached(context: Context, name: str) -> App | None:
    """The app whose id the cache has for the name, if the app still has the name."""
    known = context.names.find(name)
    if known is None:
        return None
    app = _get(context, known)
    if app is not None and app_name(app) == name:
        return app
    context.names.forget(name)
    return None


def _look_up(context: Context, name: str) -> tuple[App | None, list[str]]:
    """The app with the name, and the names of all apps, from the list of apps."""
    ids: dict[str, list[str]] = {}
    for app in context.api.list_apps():
        if isinstance(app.get("id"), str):
            ids.setdefault(app_name(app), []).append(app["id"])
    context.names.remember({known: found[0] for known, found in ids.items() if known and len(found) == 1})
    found = ids.get(name, [])
    if len(found) > 1:
        raise AmbiguousNameError(
            f"app: {len(found)} apps have the name {name!r}; give `app_id`, one of {', '.join(sorted(found))}."
        )
    app_now = _get(context, found[0]) if found else None
    if app_now is not None and app_name(app_now) != name:
        raise AppNotFoundError(
            f"app: the app {found[0]}, listed as {name!r} a moment ago, is now called {app_name(app_now)!r}. Run the "
            "task again, or give `app_id`."
        )
    return app_now, list(ids)


def _not_found(name: str, names: Iterable[str]) -> AppNotFoundError:
    known = sorted(filter(None, names))
    similar = did_you_mean(name.lower(), known, MAX_NAMES, show=repr)
    if similar:
        hint = similar.replace("did", "Did", 1)
    elif not known:
        hint = "This token sees no apps at all: does it belong to the right team?"
    else:
        more = f" and {len(known) - MAX_NAMES} more" if len(known) > MAX_NAMES else ""
        hint = f"This token sees {', '.join(known[:MAX_NAMES])}{more}."
    return AppNotFoundError(f"app: there is no app named {name!r}. {hint}")
