"""What is there when an example begins: an app with a past."""

from __future__ import annotations

from typing import Any

IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "2.2.0"}
APP_ID = "4f6c71e2-0f5d-4a56-9d3b-5d7f6a0e2c11"
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "services": [
        {"name": "web", "image": IMAGE, "instance_size_slug": "apps-s-1vcpu-1gb", "routes": [{"path": "/"}],
         "envs": [{"key": "DATABASE_URL", "value": "${db.DATABASE_URL}", "scope": "RUN_TIME"}]},
    ],
    "workers": [
        {"name": "queue", "image": IMAGE, "run_command": "work", "instance_size_slug": "apps-s-1vcpu-1gb"},
        {"name": "cron", "image": IMAGE, "run_command": "crond -f", "instance_size_slug": "apps-s-1vcpu-1gb"},
    ],
    "jobs": [
        {"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "bin/migrate"},
        {"name": "nightly-report", "kind": "SCHEDULED", "schedule": {"cron": "0 5 * * *"}, "image": IMAGE,
         "run_command": "bin/report"},
    ],
    "databases": [{"name": "db", "engine": "PG", "version": "16"}],
    "domains": [{"domain": "store.example.com", "type": "ALIAS"}],
}  # fmt: skip
#: What is in git, where a page says so: secrets without their values.
APP_YAML: dict[str, Any] = {
    **SHOP,
    "services": [{**SHOP["services"][0], "log_destinations": [{"name": "logs", "logtail": {}}]}],
    "jobs": [
        {**SHOP["jobs"][0], "envs": [{"key": "DATABASE_PASSWORD", "type": "SECRET"}]},
        SHOP["jobs"][1],
    ],
    "envs": [{"key": "SENTRY_DSN", "type": "SECRET"}],
}
SEED = {"id": APP_ID, "spec": SHOP}
#: Two releases, a night after them.
PAST = ("2.3.0", "2.4.0")
NIGHT = 26 * 3600
