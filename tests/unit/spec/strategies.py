"""App specs out of the schema: as people write them, as the server answers them (API reference 8), and re-spelled.

Specs are built by a seeded generator and not by hypothesis's own strategies, which need a hundred times as long for
something as wide as an app spec: hypothesis draws the seed and the size, and shrinks both.
"""

from __future__ import annotations

import base64
import copy
import random
import string
from typing import Any

from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import (
    COMPONENTS,
    ENV,
    IMAGE,
    SOURCES,
    SPEC,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import (
    Listing,
    Node,
    Record,
    Scalar,
)

Spec = dict[str, Any]

#: Few names, so that two specs have much in common, and for each kind its own, since they are unique in an app.
NAMES_OF: dict[str, tuple[str, ...]] = {
    "services": ("web", "api", "front"),
    "static_sites": ("docs", "blog"),
    "workers": ("mail", "queue"),
    "jobs": ("migrate", "warm", "nightly"),
    "functions": ("hooks", "resize"),
    "databases": ("db", "cache"),
}
NAMES = tuple(name for names in NAMES_OF.values() for name in names)
KEYS = ("DATABASE_URL", "TOKEN", "A", "B", "PORT_2")
PATHS = ("/", "/api", "/api/v2", "/docs")
HOSTS = ("a.example.com", "b.example.com", "example.org")
FUTURE = "field_of_the_future"
_TEXTS: dict[str, tuple[Any, ...]] = {
    "key": KEYS,
    "path": PATHS,
    "prefix": ("", *PATHS),
    "exact": PATHS,
    "repo": ("acme/shop", "acme/api"),
    "branch": ("main", "dev"),
    "repository": ("shop", "shop/api"),
    "registry": ("acme", "library"),
    "tag": ("1.4.2", "latest", "7"),
    "digest": ("sha256:" + "a" * 64, "sha256:" + "b" * 64),
    "cron": ("0 3 * * *", "*/30 * * * *"),
    "time_zone": ("UTC", "Europe/Berlin"),
    "source_dir": ("/", "jobs", "jobs/warm"),
    "run_command": ("bin/run", "make x\nmake y", "true"),
    "build_command": ("make", "npm ci\nnpm test\n"),
    "custom_error_page_url": ("https://example.org/503",),
    "environment_slug": ("python", "node-js"),
    "instance_size_slug": ("apps-s-1vcpu-1gb", "apps-d-1vcpu-1gb"),
}
_DURATIONS = ("30m", "1h", "90s", "1h30m", "300ms")
_SAME_DURATION = {"30m": "1800s", "1h": "60m", "90s": 90, "1h30m": "5400s", "300ms": "0.3s"}
#: Objects that the server answers with although they are empty (API reference 1.3).
_KEPT_EMPTY = ("deploy_on_push", "ingress", "build_config")
_ROUTABLE = ("services", "static_sites", "functions")


class Maker:
    """Random specs. ``size``: roughly how many optional fields an object has."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = random.Random(seed)
        self.size = size
        self.secrets = 0

    def text(self) -> str:
        return "".join(self.random.choices(string.ascii_letters + string.digits, k=self.random.randint(1, 6)))

    def scalar(self, name: str, node: Scalar) -> Any:
        """A value that the server would keep as it is."""
        pick = self.random
        if node.choices:
            return pick.choice(node.choices)
        if node.type == "bool":
            return True
        if node.type == "int":
            low = int(node.minimum or 1)
            return pick.randint(low, min(int(node.maximum or 500), low + 3))
        if node.type == "float":
            return round(pick.uniform(0.5, 100), 2)
        if node.type == "duration":
            return pick.choice(_DURATIONS)
        if node.type == "hostname":
            return pick.choice(HOSTS)
        if name in _TEXTS:
            return pick.choice(_TEXTS[name])
        return pick.choice(NAMES) if name == "name" else self.text()

    def value(self, node: Node, name: str = "", depth: int = 0) -> Any:
        """A value for a node: no zero values in it, no two items of one key."""
        if isinstance(node, Scalar):
            return self.scalar(name, node)
        if isinstance(node, Record):
            return self.record(node, depth)
        items: dict[str, Any] = {}
        for _item in range(self.random.randint(1, 3)):
            item = self.value(node.item, name, depth + 1)
            identity = item if not node.key else [_default(node.item, one, item.get(one)) for one in node.key]
            items.setdefault(str(identity), item)
        return list(items.values())

    def record(self, node: Record, depth: int = 0) -> dict[str, Any]:
        """Some of the fields, at most one of each exclusive group, and sometimes one that nobody knows yet."""
        wanted = [name for name, child in node.fields.items() if isinstance(child, Scalar) and child.required]
        optional = [name for name in node.fields if name not in wanted and name not in ("routes", "cors")]
        count = min(len(optional), self.random.randint(0, self.size if depth < 3 else 1))
        wanted += self.random.sample(optional, max(count, 0 if wanted else 1))
        for group in node.exclusive:
            present = [name for name in wanted if name in group]
            wanted = [name for name in wanted if name not in present[1:]]
        result = {name: self.value(node.fields[name], name, depth + 1) for name in wanted}
        if self.random.random() < 0.1:
            result[FUTURE] = self.random.choice(["text", 7, {"inner": [1, {"deep": "x"}]}, [{"id": 1}, {"id": 2}]])
        return result

    def spec(self) -> Spec:
        """An app spec that the platform would take."""
        spec = self.record(SPEC)
        spec["name"] = "shop"
        if not any(section in spec for section in COMPONENTS if section != "databases"):
            spec["jobs"] = [self.record(COMPONENTS["jobs"][1]) for _job in range(3)]
        for section in COMPONENTS:
            components = spec.get(section, [])
            names = self.random.sample(NAMES_OF[section], len(NAMES_OF[section]))
            for component, name in zip(components, names, strict=False):
                component["name"] = name
                self._related(section, component)
            if components:
                spec[section] = components[: len(NAMES_OF[section])]
        for domain in spec.get("domains", ())[1:]:
            domain.pop("type", None)
        self._rules_that_lead_somewhere(spec)
        return spec

    def _related(self, section: str, component: dict[str, Any]) -> None:
        """Fields that go with others, as the platform wants them (docs/lint.md)."""
        pick = self.random
        fields = COMPONENTS[section][1].fields
        if "github" in fields and not any(source in component for source in SOURCES):
            component["github"] = {"repo": "acme/shop", "branch": "main"}
        image = component.get("image")
        if image:
            image.pop("registry" if image["registry_type"] == "DOCR" else "deploy_on_push", None)
            if image["registry_type"] != "DOCR":
                image.setdefault("registry", "acme")
            if "digest" in image:
                image.pop("deploy_on_push", None)
        for destination in component.get("log_destinations", ()):
            if not any(kind in destination for kind in ("papertrail", "datadog", "logtail", "open_search")):
                destination["logtail"] = {"token": self.text()}
            if "open_search" in destination and "cluster_name" not in destination["open_search"]:
                destination["open_search"]["endpoint"] = "https://logs.example.org:9200"
        for check in ("health_check", "liveness_health_check"):
            component.get(check, {}).pop("port", None)
        if "autoscaling" in component:
            component["autoscaling"].update(
                min_instance_count=pick.randint(1, 3), max_instance_count=pick.randint(4, 6)
            )
        if section == "jobs":
            self._relate_job(component)
        if section == "databases" and not component.get("production"):
            component["engine"] = "PG"
        elif section == "databases":
            component["cluster_name"] = "shop-db"

    def _relate_job(self, job: dict[str, Any]) -> None:
        if job.get("kind") == "SCHEDULED":
            job.setdefault("schedule", {"cron": "0 3 * * *"})
            return
        job.pop("schedule", None)
        alerts = [one for one in job.get("alerts", ()) if one["rule"] != "JOB_INVOCATION_FAILED"]
        job["alerts"] = alerts
        if not alerts:
            del job["alerts"]

    def _rules_that_lead_somewhere(self, spec: Spec) -> None:
        there = [
            one["name"]
            for section in _ROUTABLE
            for one in spec.get(section, ())
            if "http_port" in one or "internal_ports" not in one
        ]
        rules: dict[str, Any] = {}
        for rule in spec.get("ingress", {}).get("rules", ()):
            rule.setdefault("match", {}).setdefault("path", {"prefix": "/"})
            rule["match"].pop("authority", None)
            if not there:
                rule.pop("component", None)
            if "component" in rule:
                rule["component"]["name"] = self.random.choice(there)
            elif "redirect" not in rule:
                rule["redirect"] = {"uri": "/elsewhere"}
            rule.get("redirect", {}).pop("redirect_code", None)
            path = rule["match"]["path"]
            rules.setdefault(path.get("prefix") or path.get("exact") or "/", rule)
        if rules:
            spec["ingress"]["rules"] = list(rules.values())

    def declaration(self) -> Spec:
        """A spec as people write it: with routes, zeros, nulls, defaults, numbers as text, secrets in the open."""
        spec = self.spec()
        if self.random.random() < 0.5 and "ingress" in spec:
            spec["ingress"].pop("rules", None)
        if "rules" not in spec.get("ingress", {}):
            paths = self.random.sample(PATHS, len(PATHS))
            for section in _ROUTABLE:
                for component in spec.get(section, ()):
                    if self.random.random() < 0.4 and ("http_port" in component or "internal_ports" not in component):
                        component["routes"] = [
                            {"path": paths.pop()} for _route in range(self.random.randint(1, 2)) if paths
                        ]
                    if self.random.random() < 0.2:
                        component["cors"] = self.value(COMPONENTS[section][1].fields["cors"], "cors")
        written = self._written(SPEC, spec)
        return written if isinstance(written, dict) else spec

    def part(self) -> Spec:
        """A declaration of some sections only."""
        whole = self.declaration()
        kept = self.random.sample(sorted(whole), self.random.randint(1, len(whole)))
        return {"name": whole["name"], **{name: whole[name] for name in kept}}

    def _written(self, node: Node, value: Any, name: str = "") -> Any:
        dice = self.random.random()
        if isinstance(node, Record) and isinstance(value, dict):
            written = {
                key: self._written(node.fields[key], inner, key) if key in node.fields else inner
                for key, inner in value.items()
            }
            if node is ENV and written.get("type") == "SECRET":
                self._declare_secret(written)
            for key, child in node.fields.items():
                # Said, although it goes without saying; only where it does not decide about another field.
                if isinstance(child, Scalar) and key not in written and self.random.random() < 0.05:
                    written[key] = self.random.choice([child.default, None, child.unset or None])
            return written
        if isinstance(node, Listing) and isinstance(value, list):
            if isinstance(node.item, Scalar):
                return respelled(node, value)
            items = [self._written(node.item, item, name) for item in value]
            for item, given in zip(items, value, strict=True):
                item.update({key: given[key] for key in node.key if key in given})
            return items
        if not isinstance(node, Scalar) or node.required or name in ("uri", "scheme"):
            return value
        if node.secret:
            self.secrets += 1
            return f"clear-secret-{self.secrets}-{self.text()}"
        if dice < 0.1:
            return {"bool": False, "int": 0, "float": 0}.get(node.type, "")
        if dice < 0.15:
            return None
        return respelled(node, value) if dice < 0.4 else value

    def _declare_secret(self, env: dict[str, Any]) -> None:
        self.secrets += 1
        env["value"] = f"clear-secret-{self.secrets}-{self.text()}"


def _default(node: Node, name: str, value: Any) -> Any:
    child = node.fields[name] if isinstance(node, Record) else None
    return getattr(child, "default", None) if value is None else value


_seeds = st.integers(0, 2**32 - 1)
_sizes = st.integers(0, 5)


def makers() -> st.SearchStrategy[Maker]:
    """Generators, for tests that need several specs of one kind."""
    return st.builds(Maker, _seeds, _sizes)


def specs() -> st.SearchStrategy[Spec]:
    """App specs as they could stand in an answer: no zero values, no routes."""
    return makers().map(Maker.spec)


def declarations() -> st.SearchStrategy[Spec]:
    """App specs as people write them."""
    return makers().map(Maker.declaration)


def stored() -> st.SearchStrategy[Spec]:
    """App specs as GET gives them."""
    return st.builds(lambda maker: server_fills(maker.declaration(), maker.random), makers())


def records(node: Record) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of one kind."""
    return makers().map(lambda maker: maker.record(node))


# --- what the server does -------------------------------------------------------------------------------------------


def encrypted(value: str, pick: random.Random | None = None) -> str:
    """What the server makes of a secret: another text each time, 16 bytes longer than the secret."""
    pick = pick or random.Random()
    nonce = base64.b64encode(pick.randbytes(24)).decode()
    return f"EV[1:{nonce}:{base64.b64encode(pick.randbytes(len(value.encode()) + 16)).decode()}]"


def server_fills(spec: Spec, pick: random.Random) -> Spec:
    """The spec as GET gives it after it was written (API reference 8.1); ``pick`` decides what nobody knows."""
    result: Spec = _typed(SPEC, _without_zeros(spec))
    built = False
    for section in COMPONENTS:
        for component in result.get(section, ()):
            built = built or any(source in component for source in ("github", "gitlab", "bitbucket", "git"))
            _fill_component(section, component, pick)
    for env in result.get("envs", ()):
        _fill_env(env, pick)
    _fill_ingress(result, pick)
    for number, domain in enumerate(result.get("domains", ())):
        if domain.get("type") in (None, "UNSPECIFIED"):
            domain["type"] = "ALIAS" if number else "PRIMARY"
    if built and "features" not in result and pick.random() < 0.5:
        result["features"] = ["buildpack-stack=ubuntu-22"]
    if "region" not in result and pick.random() < 0.3:
        result["region"] = "nyc"
    if result.get("vpc", {}).get("id"):
        result["vpc"]["egress_ips"] = [{"ip": "192.0.2.7"}]
    return result


def _fill_component(section: str, component: dict[str, Any], pick: random.Random) -> None:
    for env in component.get("envs", ()):
        _fill_env(env, pick)
    image = component.get("image")
    if isinstance(image, dict):
        secret = image.get("registry_credentials")
        if secret and not secret.startswith("EV["):
            image["registry_credentials"] = encrypted(secret, pick)
        if pick.random() < 0.5:
            image.setdefault("deploy_on_push", {})
        if not image.get("digest") and pick.random() < 0.3:
            image.setdefault("tag", "latest")
    if section == "services" and "internal_ports" not in component:
        component.setdefault("http_port", 8080)
    if section == "jobs":
        if component.get("kind") in (None, "UNSPECIFIED"):
            component["kind"] = "POST_DEPLOY"
        if "schedule" in component and pick.random() < 0.3:
            component["schedule"].setdefault("time_zone", "UTC")
        if "timeout" in component and pick.random() < 0.3:
            component["timeout"] = _SAME_DURATION.get(component["timeout"], component["timeout"])
            component["timeout"] = "90s" if component["timeout"] == 90 else component["timeout"]
    if section in ("services", "workers", "jobs"):
        if "autoscaling" not in component and pick.random() < 0.3:
            component.setdefault("instance_count", 1)
        if pick.random() < 0.3:
            component.setdefault("instance_size_slug", "apps-s-1vcpu-0.5gb")


def _fill_ingress(spec: Spec, pick: random.Random) -> None:
    rules: list[Any] = []
    public: list[str] = []
    for section in _ROUTABLE:
        for component in spec.get(section, ()):
            if section != "services" or "http_port" in component:
                public.append(component["name"])
            cors = component.pop("cors", None)
            for route in component.pop("routes", None) or ():
                rule: dict[str, Any] = {
                    "match": {"path": {"prefix": route.get("path", "/")}},
                    "component": {"name": component["name"]},
                }
                if route.get("preserve_path_prefix"):
                    rule["component"]["preserve_path_prefix"] = True
                rules.append({**rule, "cors": copy.deepcopy(cors)} if cors else rule)
    if "ingress" not in spec and not rules and len(public) == 1:
        rules = [{"match": {"path": {"prefix": "/"}}, "component": {"name": public[0]}}]
    if rules:
        ingress = spec.setdefault("ingress", {})
        ingress["rules"] = rules + ingress.get("rules", [])
    if "ingress" not in spec and pick.random() < 0.3:
        spec["ingress"] = {}


def _fill_env(env: dict[str, Any], pick: random.Random) -> None:
    if env.get("scope") in (None, "UNSET"):
        env["scope"] = "RUN_AND_BUILD_TIME"
    if env.get("type") == "GENERAL":
        del env["type"]
    if env.get("type") == "SECRET" and not str(env.get("value", "")).startswith("EV["):
        env["value"] = encrypted(str(env.get("value", "")), pick)


def _without_zeros(value: Any, name: str = "") -> Any:
    """Zero values are left out of answers, but for an empty prefix and some empty objects (API reference 1.3, 4.9)."""
    if isinstance(value, dict):
        clean = {key: _without_zeros(inner, key) for key, inner in value.items()}
        return {key: inner for key, inner in clean.items() if not _is_zero(inner) or _stays(key, inner)}
    return [_without_zeros(inner, name) for inner in value] if isinstance(value, list) else value


def _is_zero(value: Any) -> bool:
    return value is None or value is False or value == 0 or value in ("", [], {})


def _stays(key: str, value: Any) -> bool:
    return (key in ("prefix", "exact") and value == "") or (key in _KEPT_EMPTY and value == {})


def _typed(node: Node, value: Any) -> Any:
    """As the wire has it. What is sent has to be so already (see `wrongly_typed`); people's specs are not."""
    if isinstance(node, Record) and isinstance(value, dict):
        return {key: _typed(node.fields[key], inner) if key in node.fields else inner for key, inner in value.items()}
    if isinstance(node, Listing) and isinstance(value, list):
        return [_typed(node.item, item) for item in value]
    if isinstance(node, Scalar) and isinstance(value, str):
        if node.type == "int":
            return int(value)
        if node.type == "bool":
            return value in ("True", "yes")
    if isinstance(node, Scalar) and node.type == "duration" and isinstance(value, int):
        return f"{value}s"
    return value


def wrongly_typed(node: Node, value: Any, path: str = "") -> list[str]:
    """Paths of the values that have not the type in which the API takes them."""
    if isinstance(node, Record):
        if not isinstance(value, dict):
            return [path]
        return [
            bad
            for key, inner in value.items()
            if key in node.fields
            for bad in wrongly_typed(node.fields[key], inner, f"{path}.{key}")
        ]
    if isinstance(node, Listing):
        if not isinstance(value, list):
            return [path]
        return [bad for number, one in enumerate(value) for bad in wrongly_typed(node.item, one, f"{path}[{number}]")]
    wanted = {"bool": bool, "int": int, "float": (int, float), "any": object}.get(node.type, str)
    if not isinstance(value, wanted) or (isinstance(value, bool) and node.type in ("int", "float")):
        return [f"{path} = {value!r}"]
    return []


def server(spec: Spec) -> Spec:
    """The spec as GET gives it, always the same for the same spec but for its secrets."""
    return server_fills(spec, random.Random(repr(spec)))


# --- other spellings ------------------------------------------------------------------------------------------------


def respelled(node: Node, value: Any) -> Any:
    """The same in another spelling: numbers and booleans as text, durations in seconds, lists without an order turned
    round.
    """
    if isinstance(node, Record) and isinstance(value, dict):
        return {
            name: respelled(node.fields[name], inner) if name in node.fields else inner for name, inner in value.items()
        }
    if isinstance(node, Listing) and isinstance(value, list):
        items = [respelled(node.item, item) for item in value]
        return items if node.ordered else items[::-1]
    if value is None:
        return None
    if isinstance(node, Scalar) and node.type in ("int", "bool"):
        return str(value)
    if isinstance(node, Scalar) and node.type == "duration":
        return _SAME_DURATION.get(value, value)
    if isinstance(node, Scalar) and node.type == "command":
        return f"{value}\n"
    if isinstance(node, Scalar) and node.type == "hostname":
        return f"{value.upper()}."
    return value


def shuffled(node: Node, value: Any, pick: random.Random) -> Any:
    """The same with the lists in which order means nothing in another order, and all fields too."""
    if isinstance(node, Record) and isinstance(value, dict):
        names = pick.sample(list(value), len(value))
        return {
            name: shuffled(node.fields[name], value[name], pick) if name in node.fields else value[name]
            for name in names
        }
    if isinstance(node, Listing) and isinstance(value, list):
        items = [shuffled(node.item, item, pick) for item in value]
        return items if node.ordered else pick.sample(items, len(items))
    return value


__all__ = [
    "ENV",
    "FUTURE",
    "IMAGE",
    "NAMES",
    "Maker",
    "declarations",
    "encrypted",
    "makers",
    "records",
    "respelled",
    "server",
    "server_fills",
    "shuffled",
    "specs",
    "stored",
    "wrongly_typed",
]
