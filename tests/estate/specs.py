"""An estate of apps that differ: the same ones in every run, each valid for the simulator."""

from __future__ import annotations

import random
from typing import Any

REGIONS = ("ams", "fra", "nyc", "sfo", "sgp", "syd", "tor", "lon", "blr")
SIZES = ("apps-s-1vcpu-0.5gb", "apps-s-1vcpu-1gb", "apps-s-1vcpu-2gb")
#: Names that something on the way could take for something else: Ansible, YAML, a file system, a number.
ODD_NAMES = (
    "all", "localhost", "ungrouped", "apps", "yes", "no", "on", "off", "true", "false", "null", "e1", "nan", "app",
    "group-vars", "host-vars", "hosts", "con", "x0", "a--b", "omit", "inventory-hostname", "vars", "children",
    "a2345678901234567890123456789012",
)  # fmt: skip
#: Values that a file, a template or a shell could change on the way.
ODD_VALUES = (
    "{{ not_a_template }}", "{% raw %}", "a {# b #} c", "yes", "0123", "1e3", "null", "~", "- x", "a: b", "#no comment",
    " blanks around ", "two\nlines\n", "no end\nof line", "\ttab", "ünï ☃ 🚀", "'single' \"double\"", "back\\slash",
    "${db.DATABASE_URL}", "${APP_URL}/x", "&anchor", "*alias", "!tag", "%directive", "@at", "12:30:00", "2026-01-01",
    "[1, 2]", "{'a': 1}", "$(id) `id`",
)  # fmt: skip


def estate(count: int = 200, seed: int = 7) -> list[dict[str, Any]]:
    """*count* specs. The same *seed* gives the same ones."""
    source = random.Random(seed)
    return [_Maker(source, number).spec() for number in range(count)]


class _Maker:
    """Makes one app, with names that no other one has."""

    def __init__(self, source: random.Random, number: int) -> None:
        self.random = source
        self.number = number
        self.name = ODD_NAMES[number] if number < len(ODD_NAMES) else f"app-{number:03}"
        self.components = 0

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def spec(self) -> dict[str, Any]:
        pick = self.random
        spec: dict[str, Any] = {"name": self.name, "region": pick.choice(REGIONS)}
        databases = [self._database() for _count in range(pick.choice((0, 0, 1, 2)))]
        kinds = {
            "services": (0, 1, 1, 2, 3),
            "workers": (0, 0, 1, 2),
            "static_sites": (0, 0, 1),
            "functions": (0, 0, 0, 1),
        }
        for section, counts in kinds.items():
            made = [getattr(self, f"_{section}")() for _count in range(pick.choice(counts))]
            if made:
                spec[section] = made
        jobs = [self._job() for _count in range(pick.choice((0, 1, 2, 4)))]
        if not any(key in spec for key in kinds):
            jobs = jobs or [self._job()]
            if all(job["kind"] != "SCHEDULED" for job in jobs) or self.maybe():
                spec["workers"] = [self._workers()]
        if jobs:
            spec["jobs"] = jobs
        if databases:
            spec["databases"] = databases
        self._around(spec)
        return spec

    def _around(self, spec: dict[str, Any]) -> None:
        """What belongs to the app as a whole."""
        pick = self.random
        if self.maybe():
            spec["envs"] = self._envs(pick.randint(1, 4))
        if self.maybe():
            rules = ("DEPLOYMENT_FAILED", "DEPLOYMENT_LIVE", "DOMAIN_FAILED", "AUTOSCALE_FAILED")
            spec["alerts"] = [{"rule": rule} for rule in pick.sample(rules, pick.randint(1, 3))]
            if self.maybe(0.2):
                spec["alerts"][0]["disabled"] = True
        routed = [one["name"] for key in ("services", "static_sites", "functions") for one in spec.get(key, ())]
        if routed and self.maybe(0.6):
            spec["domains"] = [{"domain": f"www{self.number}.example.com", "type": "PRIMARY"}]
            if self.maybe(0.3):
                spec["domains"].append(
                    {"domain": f"alias{self.number}.example.org", "type": "ALIAS", "minimum_tls_version": "1.3"}
                )
        if routed:
            rules_: list[dict[str, Any]] = [self._rule(f"/{name}", name) for name in routed[1:]]
            if self.maybe(0.2):
                rules_.append(
                    {"match": {"path": {"prefix": "/old"}}, "redirect": {"uri": "/new", "redirect_code": 301}}
                )
            spec["ingress"] = {"rules": [*rules_, self._rule("/", routed[0])]}
            if self.maybe(0.15):
                spec["ingress"]["secure_header"] = {"key": "X-Secure", "value": self._secret()}
        if self.maybe(0.1):
            spec["egress"] = {"type": "DEDICATED_IP"}
        if self.maybe(0.1):
            spec["maintenance"] = {"enabled": True}
        if self.maybe(0.15):
            spec["enhanced_threat_control_enabled"] = True
        if self.maybe(0.1):
            spec["disable_edge_cache"] = True
        if self.maybe(0.15):
            # A platform that is newer than the collection.
            spec["hibernation"] = {"after": "7d", "wake_on": ["request", "{{ cron }}"]}

    def _rule(self, prefix: str, name: str) -> dict[str, Any]:
        rule: dict[str, Any] = {"match": {"path": {"prefix": prefix}}, "component": {"name": name}}
        if self.maybe(0.2):
            rule["component"]["preserve_path_prefix"] = True
        if self.maybe(0.2):
            rule["cors"] = {"allow_origins": [{"regex": r"https://.*\.example\.com"}], "allow_methods": ["GET", "POST"]}
        return rule

    def _component(self, word: str) -> dict[str, Any]:
        self.components += 1
        return {"name": f"{word}-{self.components}" if self.components > 1 or self.maybe() else word}

    def _secret(self) -> str:
        return "secret-" + "".join(self.random.choices("abcdefghijkmnpqrstuvwxyz0123456789", k=24))

    def _envs(self, count: int) -> list[dict[str, Any]]:
        envs: list[dict[str, Any]] = []
        for index in range(count):
            env: dict[str, Any] = {"key": f"KEY_{index}"}
            if self.maybe(0.35):
                env |= {"key": f"SECRET_{index}", "type": "SECRET", "value": self._secret()}
            else:
                env["value"] = self.random.choice(ODD_VALUES)
            if self.maybe():
                env["scope"] = self.random.choice(("RUN_TIME", "BUILD_TIME"))
            envs.append(env)
        if self.maybe(0.2):
            envs += [{"key": "TWICE", "value": scope, "scope": scope} for scope in ("RUN_TIME", "BUILD_TIME")]
        return envs

    def _source(self, *, image: bool = True) -> dict[str, Any]:
        choice = self.random.choice(
            ("image", "image", "github", "gitlab", "git") if image else ("github", "gitlab", "git")
        )
        if choice == "image":
            found: dict[str, Any] = {"registry_type": "GHCR", "registry": "example", "repository": f"app-{self.number}"}
            if self.maybe(0.3):
                found["digest"] = "sha256:" + f"{self.number % 16:x}" * 64
            elif self.maybe(0.8):
                found["tag"] = self.random.choice(("1.10", "2", "2026-01-01", "1e3", "main"))
            if self.maybe(0.3):
                found["registry_credentials"] = f"user:{self._secret()}"
            return {"image": found}
        if choice == "git":
            return {"git": {"repo_clone_url": f"https://example.com/{self.number}.git", "branch": "main"}}
        return {choice: {"repo": f"example/app-{self.number}", "branch": "main", "deploy_on_push": self.maybe()}}

    def _container(self, word: str) -> dict[str, Any]:
        found = {**self._component(word), **self._source(), "instance_size_slug": self.random.choice(SIZES)}
        if "image" not in found and self.maybe():
            found |= {"build_command": "make\nmake check", "source_dir": "/src", "environment_slug": "python"}
        if self.maybe(0.7):
            found["envs"] = self._envs(self.random.randint(1, 5))
        if self.maybe(0.25):
            found["log_destinations"] = [self._destination()]
        return found

    def _destination(self) -> dict[str, Any]:
        name = self.random.choice(("logs", "logs.eu", "My Logs", "logs/all"))
        return {
            "name": name,
            **self.random.choice(
                (
                    {"papertrail": {"endpoint": "syslog+tls://example.com:12345"}},
                    {"logtail": {"token": self._secret()}},
                    {"datadog": {"endpoint": "https://http-intake.logs.datadoghq.eu", "api_key": self._secret()}},
                    {
                        "open_search": {
                            "endpoint": "https://logs.example.com:9200",
                            "basic_auth": {"user": "doadmin", "password": self._secret()},
                            "index_name": "apps",
                        }
                    },
                )
            ),
        }

    def _services(self) -> dict[str, Any]:
        found = self._container("web")
        found["http_port"] = self.random.choice((8080, 3000))
        if self.maybe(0.3):
            found["health_check"] = {"http_path": "/healthz", "period_seconds": 15}
        if self.maybe(0.2):
            found["instance_size_slug"] = "apps-d-1vcpu-1gb"
            found["autoscaling"] = {
                "min_instance_count": 2,
                "max_instance_count": 5,
                "metrics": {"cpu": {"percent": 70}},
            }
        elif self.maybe(0.4):
            found["instance_size_slug"], found["instance_count"] = "apps-s-1vcpu-1gb", 2
        if self.maybe(0.2):
            found["internal_ports"] = [9000, 9001]
        if self.maybe(0.3):
            found["alerts"] = [
                {"rule": "CPU_UTILIZATION", "operator": "GREATER_THAN", "value": 80, "window": "TEN_MINUTES"}
            ]
        if self.maybe(0.2):
            found["termination"] = {"drain_seconds": 30, "grace_period_seconds": 60}
        return found

    def _workers(self) -> dict[str, Any]:
        found = {**self._container("queue"), "run_command": "bin/work --queue 'a b'"}
        if self.maybe(0.1):
            found["niceness"] = 5
        return found

    def _job(self) -> dict[str, Any]:
        kind = self.random.choice(("PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY", "SCHEDULED"))
        found = {**self._container("job"), "kind": kind, "run_command": "bin/job"}
        if kind == "SCHEDULED":
            found["schedule"] = {"cron": self.random.choice(("0 5 * * *", "*/15 * * * *", "30 2 1 * *"))}
            if self.maybe():
                found["schedule"]["time_zone"] = self.random.choice(("Europe/Lisbon", "America/New_York"))
            if self.maybe(0.4):
                found["alerts"] = [{"rule": "JOB_INVOCATION_FAILED"}]
        if self.maybe(0.4):
            found["timeout"] = self.random.choice(("90s", "10m", "30m"))
        return found

    def _static_sites(self) -> dict[str, Any]:
        found = {**self._component("site"), **self._source(image=False), "output_dir": "dist"}
        if self.maybe():
            found["catchall_document"] = "index.html"
        if self.maybe():
            found["envs"] = self._envs(2)
        return found

    def _functions(self) -> dict[str, Any]:
        return {**self._component("fn"), **self._source(image=False), "source_dir": "/functions"}

    def _database(self) -> dict[str, Any]:
        found: dict[str, Any] = self._component("db")
        if self.maybe():
            return {**found, "engine": "PG", "version": "16"}
        return {
            **found,
            "engine": "MYSQL",
            "production": True,
            "cluster_name": f"cluster-{self.number}",
            "db_name": "defaultdb",
        }
