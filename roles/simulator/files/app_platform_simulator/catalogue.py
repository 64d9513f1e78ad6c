# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes, regions, tiers, buildpacks: lists that the platform publishes (API reference 11)."""

from __future__ import annotations

from .wire import Json

_GIB = 2**30


def _size(slug: str, vcpus: int, memory: float, month: int, second: str, allowance: int) -> Json:  # noqa: PLR0917
    """One size from its row of the price list; numbers of 64 bits are strings on the wire."""
    shared = slug.startswith("apps-s-")
    amount = f"{memory:g}GB" + (" Fixed" if slug.endswith("-fixed") else "")
    single = slug in {"apps-s-1vcpu-0.5gb", "apps-s-1vcpu-1gb-fixed"}
    return {
        "name": f"{'Shared' if shared else 'Dedicated'} {vcpus}VCPU {amount}",
        "slug": slug,
        "cpu_type": "SHARED" if shared else "DEDICATED",
        "cpus": str(vcpus),
        "memory_bytes": str(int(memory * _GIB)),
        "usd_per_month": f"{month:.2f}",
        "usd_per_second": second,
        "tier_slug": "basic" if single else "professional",
        "bandwidth_allowance_gib": str(allowance),
        **({"single_instance_only": True} if single else {}),
        **({} if shared else {"scalable": True}),
    }


SIZES: tuple[Json, ...] = (
    _size("apps-s-1vcpu-0.5gb", 1, 0.5, 5, "0.000002066799", 50),
    _size("apps-s-1vcpu-1gb-fixed", 1, 1, 10, "0.000004133598", 100),
    _size("apps-s-1vcpu-1gb", 1, 1, 12, "0.000004960317", 150),
    _size("apps-s-1vcpu-2gb", 1, 2, 25, "0.000010333995", 200),
    _size("apps-s-2vcpu-4gb", 2, 4, 50, "0.000020667989", 250),
    _size("apps-d-1vcpu-0.5gb", 1, 0.5, 29, "0.000011987434", 100),
    _size("apps-d-1vcpu-1gb", 1, 1, 34, "0.000014054233", 200),
    _size("apps-d-1vcpu-2gb", 1, 2, 39, "0.000016121032", 300),
    _size("apps-d-1vcpu-4gb", 1, 4, 49, "0.000020254630", 400),
    _size("apps-d-2vcpu-4gb", 2, 4, 78, "0.000032242063", 500),
    _size("apps-d-2vcpu-8gb", 2, 8, 98, "0.000040509259", 600),
    _size("apps-d-4vcpu-8gb", 4, 8, 156, "0.000064484127", 700),
    _size("apps-d-4vcpu-16gb", 4, 16, 196, "0.000081018519", 800),
    _size("apps-d-8vcpu-32gb", 8, 32, 392, "0.000162037037", 900),
)
SIZE_BY_SLUG = {str(size["slug"]): size for size in SIZES}

# Old slugs: still accepted and kept as they are, no longer listed; the present size that each corresponds to.
LEGACY_EQUIVALENTS = {
    "basic-xxs": "apps-s-1vcpu-0.5gb",
    "basic-xs": "apps-s-1vcpu-1gb-fixed",
    "basic-s": "apps-s-1vcpu-2gb",
    "basic-m": "apps-s-2vcpu-4gb",
    "professional-xs": "apps-s-1vcpu-1gb",
    "professional-s": "apps-s-1vcpu-2gb",
    "professional-m": "apps-s-2vcpu-4gb",
    "professional-1l": "apps-d-1vcpu-4gb",
    "professional-l": "apps-d-2vcpu-8gb",
    "professional-xl": "apps-d-4vcpu-16gb",
}
LEGACY_SIZES = tuple(LEGACY_EQUIVALENTS)
DEFAULT_SIZE = "apps-s-1vcpu-0.5gb"


def size_of(slug: str) -> Json | None:
    """The size behind a slug, an old one included."""
    return SIZE_BY_SLUG.get(LEGACY_EQUIVALENTS.get(slug, slug))


def _region(slug: str, label: str, flag: str, continent: str, *centres: str) -> Json:
    """One region."""
    return {"slug": slug, "label": label, "flag": flag, "continent": continent, "data_centers": list(centres)}


REGIONS: tuple[Json, ...] = (
    _region("ams", "Amsterdam", "netherlands", "Europe", "ams3"),
    {**_region("nyc", "New York", "usa", "North America", "nyc1", "nyc3"), "default": True},
    _region("fra", "Frankfurt", "germany", "Europe", "fra1"),
    _region("sfo", "San Francisco", "usa", "North America", "sfo3"),
    _region("sgp", "Singapore", "singapore", "Asia", "sgp1"),
    _region("blr", "Bangalore", "india", "Asia", "blr1"),
    _region("tor", "Toronto", "canada", "North America", "tor1"),
    _region("lon", "London", "uk", "Europe", "lon1"),
    _region("syd", "Sydney", "australia", "Australia", "syd1"),
    _region("atl", "Atlanta", "usa", "North America", "atl1"),
)
REGION_BY_SLUG = {str(region["slug"]): region for region in REGIONS}
REGION_SLUGS = tuple(REGION_BY_SLUG)
DEFAULT_REGION = "nyc"

TIERS: tuple[Json, ...] = (
    {"name": "Starter", "slug": "starter", "egress_bandwidth_bytes": str(_GIB), "build_seconds": "6000"},
    {"name": "Basic", "slug": "basic", "egress_bandwidth_bytes": str(40 * _GIB), "build_seconds": "24000"},
    {"name": "Professional", "slug": "professional", "egress_bandwidth_bytes": str(100 * _GIB),
     "build_seconds": "60000"},
)  # fmt: skip


def _buildpack(id_: str, name: str, version: str, about: str) -> Json:
    """One buildpack."""
    return {
        "id": f"digitalocean/{id_}",
        "version": version,
        "major_version": int(version.split(".", maxsplit=1)[0]),
        "latest": True,
        "name": name,
        "description": [about],
        "docs_link": f"https://docs.digitalocean.com/products/app-platform/reference/buildpacks/{id_}/",
    }


BUILDPACKS: tuple[Json, ...] = (
    _buildpack("node", "Node.js", "5.0.1", "Builds applications written in JavaScript for Node.js."),
    _buildpack("python", "Python", "4.2.0", "Builds applications written in Python."),
    _buildpack("go", "Go", "3.0.2", "Builds applications written in Go."),
    _buildpack("php", "PHP", "2.5.0", "Builds applications written in PHP."),
    _buildpack("ruby", "Ruby", "2.3.1", "Builds applications written in Ruby."),
)
