# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks of repositories and images (API reference 4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..schema import SOURCES
from .rules import Finding, finding
from .values import Component, is_given, is_true, listed, mapping, quoted, suggestion, text

BUILDPACKS = (
    "bun",
    "gatsby",
    "go",
    "hexo",
    "html",
    "hugo",
    "jekyll",
    "node-js",
    "php",
    "python",
    "ruby",
    "ruby-on-rails",
)
_BUILD_FIELDS = ("dockerfile_path", "build_command", "environment_slug", "source_dir")
_ROOTS = ("/", ".", "./")
_REPO = {
    "github": (re.compile(r"[^/\s]+/[^/\s]+"), "owner/name"),
    "gitlab": (re.compile(r"[^/\s]+(/[^/\s]+)+"), "owner/name or owner/group/name"),
    "bitbucket": (re.compile(r"[^/\s]+(/[^/\s]+)+"), "owner/name"),
}
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_MUTABLE = ("", "latest")


def check_sources(part: Component) -> Iterator[Finding]:
    """Check the source of a component and the fields that depend on it."""
    if part.section == "databases":
        return
    fields = part.fields
    if not any(is_given(fields.get(name)) for name in SOURCES):
        possible = [name for name in SOURCES if name != "image"] if part.section == "functions" else SOURCES
        yield finding("no_source", part.path, f"it has no source: give one of {listed(possible)}")
    for name, (form, written) in _REPO.items():
        repo = text(mapping(fields.get(name)).get("repo"))
        if repo and (not form.fullmatch(repo) or repo.endswith(".git")):
            # A URL may contain a token, so it is not shown.
            given = (
                "it is a URL or the name of a .git directory"
                if ".git" in repo or re.search("[:@]", repo)
                else quoted(repo)
            )
            yield finding("repo_form", f"{part.path}.{name}.repo", f"{given}: write {written}, without host and .git")
    url = text(mapping(fields.get("git")).get("repo_clone_url"))
    if url and not re.match(r"https?://", url):
        message = (
            "it is not a URL of a public clone: write https://..., or use github, gitlab or bitbucket for a private one"
        )
        yield finding("git_url", f"{part.path}.git.repo_clone_url", message)
    image = mapping(fields.get("image"))
    if image:
        yield from _image(part, image)
    slug = text(fields.get("environment_slug"))
    if slug and slug not in BUILDPACKS:
        message = f"{quoted(slug)} is not known here and is sent as it is; {suggestion(slug, BUILDPACKS)}"
        yield finding("unknown_buildpack", f"{part.path}.environment_slug", message)


def _image(part: Component, image: Mapping[str, Any]) -> Iterator[Finding]:
    path, kind = f"{part.path}.image", text(image.get("registry_type"))
    yield from _registry(path, kind, image)
    yield from _version(path, kind, image)
    for name in _BUILD_FIELDS:
        value = part.fields.get(name)
        if is_given(value) and not (name == "source_dir" and value in _ROOTS):
            message = (
                "a pre-built image is not built, so it says nothing here: leave it out, or give a repository as source"
            )
            yield finding("build_field", f"{part.path}.{name}", message)


def _registry(path: str, kind: str, image: Mapping[str, Any]) -> Iterator[Finding]:
    registry, repository = text(image.get("registry")), text(image.get("repository"))
    if kind == "DOCR" and registry:
        message = "DOCR has one registry per account and takes no name of it: leave registry out"
        yield finding("image_registry", f"{path}.registry", message)
    if kind == "DOCKER_HUB" and not registry:
        message = "DOCKER_HUB needs the owner of the image: give it, library for an official image"
        yield finding("image_registry", f"{path}.registry", message)
    if kind == "GHCR" and not registry and "/" not in repository:
        yield finding("image_owner", f"{path}.registry", "GHCR images belong to an owner: give the owner as registry")
    host, _slash, _rest = repository.partition("/")
    if re.search(r"[:@]", repository):
        message = "it holds more than the name of the repository: write tag or digest into their own fields"
        yield finding("image_repository", f"{path}.repository", message)
    elif "." in host and _rest:
        message = f"{quoted(host)} is a host: registry_type says which registry it is; write the repository alone"
        yield finding("image_repository", f"{path}.repository", message)
    credentials = text(image.get("registry_credentials"))
    where = f"{path}.registry_credentials"
    if credentials and kind == "DOCR":
        yield finding(
            "image_credentials", where, "the platform has access to DOCR by itself: leave the credentials out"
        )
    elif credentials and ":" not in credentials:
        yield finding("image_credentials", where, "the value does not have the form user:token: correct it")


def _version(path: str, kind: str, image: Mapping[str, Any]) -> Iterator[Finding]:
    tag, digest = text(image.get("tag")), is_given(image.get("digest"))
    pushes = is_true(mapping(image.get("deploy_on_push")).get("enabled"))
    where = f"{path}.deploy_on_push"
    if pushes and kind in ("DOCKER_HUB", "GHCR"):
        message = f"the platform hears of pushes to DOCR only, and this is {kind}: leave it out and deploy a new tag"
        yield finding("push_without_support", where, message)
    elif pushes and digest:
        message = "a digest is one image for ever, which no push can change: leave it out, or give a tag for the digest"
        yield finding("push_without_support", where, message)
    if tag and not _TAG.fullmatch(tag):
        message = f"{quoted(tag)} is not a tag: letters, digits and _.-, 128 at most; a digest has its own field"
        yield finding("image_tag", f"{path}.tag", message)
    if not digest and tag in _MUTABLE and not pushes:
        given = "the tag latest" if tag else "no tag, which means latest"
        message = (
            "a tag that did not change need not be pulled again: give a tag of its own to each build, or the digest"
        )
        yield finding("mutable_tag", f"{path}.tag", f"it has {given}; {message}")
