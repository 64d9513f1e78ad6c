# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commit or image a component is built from: made up from its source and how often that was pushed to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ..model import App, components
from ..wire import Json

_HOSTS = ("github", "gitlab", "bitbucket")


def identity(component: Json) -> str:
    """What a source is called: the repository and branch, or the image and tag."""
    image = component.get("image")
    if image is not None:
        place = "/".join(filter(None, (image.get("registry"), image.get("repository"))))
        return f"image:{image.get('registry_type')}:{place}:{image.get('digest') or image.get('tag') or 'latest'}"
    for host in _HOSTS:
        if host in component:
            return f"{host}:{component[host].get('repo')}:{component[host].get('branch', '')}"
    git = component.get("git") or {}
    return f"git:{git.get('repo_clone_url')}:{git.get('branch', '')}"


def version(component: Json, heads: Mapping[str, int]) -> Json:
    """The version that a source has now, as a deployment shows it; {} for an image whose digest is not known."""
    name = identity(component)
    seen = f"{name}#{heads.get(name, 0)}"
    image = component.get("image")
    if image is None:
        return {"source_commit_hash": hashlib.sha1(seen.encode(), usedforsecurity=False).hexdigest()}
    if image.get("digest"):
        return {"source_image_digest": image["digest"]}
    if image.get("registry_type") != "DOCR":
        return {}
    return {"source_image_digest": f"sha256:{hashlib.sha256(seen.encode()).hexdigest()}"}


def resolve(app: App, spec: Json, heads: Mapping[str, int], newest: bool) -> dict[str, Json]:
    """The version of each component, remembered in the app; unless `newest`, only new sources are looked at."""
    result: dict[str, Json] = {}
    for _kind, component in components(spec):
        name, source = str(component["name"]), identity(component)
        known = app.sources.get(name)
        if newest or known is None or known["source"] != source:
            known = {"source": source, "version": version(component, heads)}
        result[name] = known
    app.sources = result
    return {name: item["version"] for name, item in result.items()}
