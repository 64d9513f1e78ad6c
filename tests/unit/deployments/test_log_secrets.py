"""What a log says of secrets whose values the task does not know: every way that programs print them."""

from __future__ import annotations

import json
import pprint
import sys
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.log_secrets import (
    mask_log_lines,
    mask_log_text,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK, SecretRegister

KEYS = {"API_KEY", "DATABASE_URL", "TOKEN"}
BODY = ["MIIEowIBAAKCAQEAx1vJ9kq0uX2b2JqZWN0aW9uYWJsZQ0a1b2cZm9vYmFyYmF6", "cXV4MTIzNDU2b2JqZWN0aW9uYWJsZQ0a1b2c=="]
PEM = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *BODY, "-----END RSA PRIVATE KEY-----"])
LINE = "web 2026-05-04T10:11:12.5Z "


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("API_KEY: first rest of phrase", "API_KEY: ***"),
        ("process.env.API_KEY first rest", "process.env.API_KEY ***"),
        ("[API_KEY] first rest", "[API_KEY] ***"),
        ("[API_KEY] => first rest", "[API_KEY] => ***"),
        ("| API_KEY | first rest |", "| API_KEY | ***"),
        ("API_KEY     first rest", "API_KEY     ***"),
        ("API_KEY\tfirst rest", "API_KEY\t***"),
        ('{"API_KEY": "first \\" rest", "PORT": 80}', '{"API_KEY": ***, "PORT": 80}'),
        ('{"API_KEY": 12345678, "PORT": 80}', '{"API_KEY": ***, "PORT": 80}'),
        ('{\\"API_KEY\\": \\"first rest\\", \\"PORT\\": 80}', '{\\"API_KEY\\": ***, \\"PORT\\": 80}'),
        ('{"key":"API_KEY","value":"first rest","scope":"X"}', '{"key":"API_KEY","value":***,"scope":"X"}'),
        ('{"value":"first rest","key":"API_KEY"}', '{"value":***,"key":"API_KEY"}'),
        ("{'API_KEY': 'first rest', 'PORT': '80'}", "{'API_KEY': ***, 'PORT': '80'}"),
        ("[('API_KEY', 'first rest'), ('PORT', '80')]", "[('API_KEY', ***), ('PORT', '80')]"),
        ('{"API_KEY"=>"first rest", "PORT"=>"80"}', '{"API_KEY"=>***, "PORT"=>"80"}'),
        ("map[API_KEY:first rest PORT:80]", "map[API_KEY:***"),
        ("{ API_KEY: 'first rest', PORT: '80' }", "{ API_KEY: ***, PORT: '80' }"),
        ("  API_KEY: 'first rest',", "  API_KEY: ***,"),
        ('            "API_KEY=first rest",', '            "API_KEY=***",'),
        ("ENV API_KEY first rest", "ENV API_KEY ***"),
        ("connect with API_KEY=host=x password=y", "connect with API_KEY=***"),
        ("API_KEY='a'\"'\"'b c'", "API_KEY=***"),
        ("with API_KEY='a'b c", "with API_KEY=***"),
        ("API_KEY: 'it''s: first rest'", "API_KEY: ***"),
        ("- {API_KEY: 'it''s first rest', PORT: 80}", "- {API_KEY: ***, PORT: 80}"),
        ('x,API_KEY,"first ""rest"" too",y', "x,API_KEY,***,y"),
        ("{'API_KEY': '', 'PORT': '80'}", "{'API_KEY': ***, 'PORT': '80'}"),
        ("API_KEY -> first rest", "API_KEY -> ***"),
        ("API_KEY := first rest", "API_KEY := ***"),
        ("the API_KEY is first rest", "the API_KEY is ***"),
        ("API_KEY is invalid: first rest", "API_KEY is invalid: ***"),
        ("API_KEY is not set: first rest", "API_KEY is not set: first rest"),
        ("API_KEY is not set: f1rst-rest", "API_KEY is not set: ***"),
        ("apiKey: first rest", "apiKey: ***"),
        ("api.key=first rest", "api.key=***"),
        ("--api-key first rest", "--api-key ***"),
        # What only mentions them stays.
        ("DATABASE_URL is not set", "DATABASE_URL is not set"),
        ("missing: API_KEY, DATABASE_URL", "missing: API_KEY, DATABASE_URL"),
        ("missing API_KEY and DATABASE_URL.", "missing API_KEY and DATABASE_URL."),
        ("You must provide TOKEN in the environment", "You must provide TOKEN in the environment"),
        ("TOKEN is not defined, falling back to the default", "TOKEN is not defined, falling back to the default"),
        ("echo ${API_KEY} to the log", "echo ${API_KEY} to the log"),
        ('["API_KEY", "TOKEN"]', '["API_KEY", "TOKEN"]'),
        ("token expired", "token expired"),
        # Addresses, queries and headers.
        ("at postgres://u:p@ss@host/db", "at postgres://u:***@host/db"),
        ("at Postgres://u:p/a@ss@host/db", "at Postgres://u:***@host/db"),
        ("https://ghp_0123456789abcdefghij@github.com/x", "https://***@github.com/x"),
        ("jdbc:postgresql://h/db?user=u&password=p4ss&ssl=1", "jdbc:postgresql://h/db?user=u&password=***&ssl=1"),
        ("Authorization: Bearer abc.def-ghi12345", "Authorization: Bearer ***"),
        ("http://db:25060/a@b", "http://db:25060/a@b"),
        ("smtp://me@example.com:hunter2@smtp.example.com:587", "smtp://me@example.com:***@smtp.example.com:587"),
        ("amqp://a@b:c@d and me@x", "amqp://a@b:***@d and me@x"),
        ("http://me@db:25060/a@b", "http://me@db:25060/a@b"),
        ("Cookie: session=abc123def456; other=5", "Cookie: ***"),
        ("Cookie: a=1; session=abc123def456; other=x9", "Cookie: ***"),
        ("curl -H 'Cookie: a=1; sid=abc123def456' http://x", "curl -H 'Cookie: ***' http://x"),
        ('{"cookie": "a=b; sid=abc123", "host": "x"}', '{"cookie": "***", "host": "x"}'),
        ("'set-cookie': [ 'a=1; sid=abc123' ]", "'set-cookie': [ '***' ]"),
        ("the cookie: 12 of them", "the cookie: 12 of them"),
        ("run --password 'first rest' --port 80", "run --password '***' --port 80"),
        ("--password=first --port 80", "--password=*** --port 80"),
        ('["run", "--token", "first rest", "--port"]', '["run", "--token", "***", "--port"]'),
        ('["run", "--secret=first rest", "--port"]', '["run", "--secret=***", "--port"]'),
        ("curl -u 'user:first rest' http://x", "curl -u 'user:***' http://x"),
        ('redis-cli -a "first rest" ping', 'redis-cli -a "***" ping'),
        ("sshpass -p 'first rest' ssh", "sshpass -p '***' ssh"),
        ("mysql -p'first rest' db", "mysql -p'***' db"),
        ("run --password --port 80", "run --password --port 80"),
    ],
)
def test_one_line(line: str, shown: str) -> None:
    assert mask_log_lines([line, LINE + line], KEYS) == [
        shown.replace("***", MASK),
        LINE + shown.replace("***", MASK),
    ]


VALUES = [
    "hunter2-unknown",
    "correct horse battery staple",
    "p@ss'w\"rd{1}",
    "two\nlines here",
    PEM,
    "tab\there",
    "  x y9 ",
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("prefix", ["", LINE])
@pytest.mark.parametrize(
    "form", ["json", "json lines", "json list", "yaml", "yaml list", "repr", "pprint", "env", "var_dump"]
)
def test_whole_dumps(form: str, prefix: str, value: str) -> None:
    """The value's words are gone, and what stands around it is there."""
    env = {"AAA": "first", "API_KEY": value, "ZZZ": "last-one"}
    pairs = [{"key": key, "value": one} for key, one in env.items()]
    written = {
        "json": lambda: json.dumps(env),
        "json lines": lambda: json.dumps(env, indent=2),
        "json list": lambda: json.dumps(pairs, indent=2),
        "yaml": lambda: yaml.safe_dump(env, default_style="|" if "\n" in value else None, width=30),
        "yaml list": lambda: yaml.safe_dump(pairs, width=30),
        "repr": lambda: repr(env),
        "pprint": lambda: pprint.pformat(env, width=200),
        "env": lambda: "\n".join(f"{key}={one}" for key, one in env.items()),
        "var_dump": lambda: "\n".join(f'  ["{key}"]=>\n  string(9) "{one}"' for key, one in env.items()),
    }[form]()
    if form == "var_dump" and "\n" in value and value != PEM:
        pytest.skip("its lines look like anything")
    shown = "\n".join(mask_log_lines([prefix + line for line in f"{written}\nDone.".split("\n")], KEYS))
    for word in value.split():
        if len(word) > 3 and "-----" not in word and word not in ("PRIVATE", "BEGIN"):
            assert word not in shown
    for other in ("first", "last-one", "Done."):
        assert other in shown


@pytest.mark.parametrize("label", ["PRIVATE KEY", "OPENSSH PRIVATE KEY", "X", "PGP PRIVATE KEY BLOCK", "ÄÖ 5"])
@pytest.mark.parametrize("prefix", ["", LINE, "[build] "])
@pytest.mark.parametrize("seen", ["all", "begin", "end", "none", "escaped"])
def test_a_key_block_is_hidden_from_its_first_to_its_last_line(label: str, prefix: str, seen: str) -> None:
    body = [BODY[0]] * 3 + ([] if seen == "none" else BODY[1:])
    block = body
    if seen in ("all", "begin", "escaped"):
        block = [f"-----BEGIN {label}-----", *block]
    if seen in ("all", "end", "escaped"):
        block = [*block, f"-----END {label}-----"]
    if seen == "escaped":
        block = ["\\n".join(block)]
    before = [] if seen in ("end", "none") else ["Starting."]
    shown = mask_log_lines([prefix + line for line in [*before, *block, "Done, all is well."]], ())
    assert shown[-1] == f"{prefix}Done, all is well."
    assert not any(line[:20] in "\n".join(shown) for line in BODY)
    assert MASK in "".join(shown)
    if before:
        assert shown[0] == f"{prefix}Starting."


def test_lines_of_other_components_between_those_of_a_block_stay() -> None:
    other = LINE.replace("web", "api") + "GET / 200"
    lines = [line for part in PEM.split("\n") for line in (LINE + part, other)]
    shown = mask_log_lines(lines, ())
    assert shown.count(other) == 4
    assert not any(line in "\n".join(shown) for line in BODY)


def test_the_environment_as_the_kernel_keeps_it() -> None:
    shown = mask_log_lines(
        SecretRegister().mask_log_excerpt("PATH=/bin\0API_KEY=first rest\0PORT=80\0").split("\n"), KEYS
    )
    assert shown == ["PATH=/bin", f"API_KEY={MASK}", "PORT=80", ""]


def test_hashes_and_paths_stay() -> None:
    lines = [
        "a" * 64,
        "0123456789abcdef" * 4,
        "/usr/local/lib/python3.12/site-packages/" + "x/" * 20 + "y.py",
        "exit code 3",
    ]
    assert mask_log_lines(lines, KEYS) == lines


def test_a_sentence() -> None:
    assert mask_log_text("the job said API_KEY=first rest", KEYS) == f"the job said API_KEY={MASK}"


@given(
    st.lists(st.text(max_size=60), max_size=12),
    st.sets(st.from_regex(r"[A-Z_][A-Z0-9_]{0,5}", fullmatch=True), max_size=4),
)
def test_no_text_makes_it_stumble(lines: list[str], keys: set[str]) -> None:
    clean = SecretRegister().mask_log_excerpt("\n".join(lines)).split("\n")
    assert len(mask_log_lines(clean, keys)) <= len(clean)


@pytest.mark.parametrize(
    "unit", ["aA0+", "API_KEY ", "a://b:c", "a-://", '"API_KEY=', "key: API_KEY ", "-----BEGIN A-----"]
)
def test_a_file_made_to_be_slow_is_not(unit: str) -> None:
    start = time.process_time()
    mask_log_lines([unit * (64 * 1024 // len(unit))], KEYS)
    assert time.process_time() - start < (2 if sys.gettrace() is None else 20)
