"""More ways in which programs print values that the task does not know: files, command lines, validators, tokens."""

from __future__ import annotations

import base64
import random
import sys
import time

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.log_secrets import mask_log_lines
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK, SecretRegister

KEYS = {"DB_PASSWORD", "API_KEY"}
V = "corr3ct h0rse batt3ry"
LINE = "web 2026-05-04T10:11:12.5Z "


def hidden(*lines: str, prefix: str = "") -> str:
    text = "\n".join(prefix + line for line in ("Start.", *lines, "Done."))
    return "\n".join(mask_log_lines(SecretRegister().mask_log_excerpt(text).split("\n"), KEYS))


@pytest.mark.parametrize("prefix", ["", LINE])
@pytest.mark.parametrize(
    "lines",
    [
        # Files.
        ("DB_PASSWORD=corr3ct\\", "    h0rse\\", "    batt3ry"),
        ('DB_PASSWORD="corr3ct', 'h0rse batt3ry"'),
        ('DB_PASSWORD = """', V, '"""'),
        ("DB_PASSWORD = '''", V, "'''"),
        ("DB_PASSWORD = <<EOT", V, "EOT"),
        ("export DB_PASSWORD=$(cat <<'EOF'", V, "EOF", ")"),
        ("DB_PASSWORD<<ghadelimiter_1", V, "ghadelimiter_1"),
        (f"<DB_PASSWORD>{V}</DB_PASSWORD>",),
        ("<DB_PASSWORD>", V, "</DB_PASSWORD>"),
        ("<DB_PASSWORD>corr3ct", "h0rse batt3ry</DB_PASSWORD>"),
        (f'<param name="DB_PASSWORD">{V}</param>',),
        (f'<add key="DB_PASSWORD" value="{V}"/>',),
        ("DB_PASSWORD,corr3ct-h0rse",),
        ("DB_PASSWORD;corr3ct-h0rse",),
        # Marked up.
        (f"**DB_PASSWORD**: {V}",),
        (f"- **DB_PASSWORD** = `{V}`",),
        (f"DB_PASSWORD........: {V}",),
        (f"DB_PASSWORD ....... {V}",),
        (f"DB_PASSWORD\uff1a{V}",),
        (f"DB_PASSWORD[21]={V}",),
        (f"##vso[task.setvariable variable=DB_PASSWORD]{V}",),
        # Command lines and addresses.
        ("java -Ddb.password=corr3ct-h0rse -jar x.jar",),
        ("java -DDB_PASSWORD=corr3ct-h0rse -jar x.jar",),
        ("GET /?q=DB_PASSWORD%3Dcorr3ct-h0rse&a=1",),
        (f'$env:DB_PASSWORD = "{V}"',),
        (f"+ export 'DB_PASSWORD={V}'",),
        (f"++ DB_PASSWORD='{V}'",),
        # Pairs and records.
        (f'[{{db_password,"{V}"}}]',),
        (f"[DB_PASSWORD, {V}]",),
        ("[", '  "DB_PASSWORD",', f'  "{V}"', "]"),
        ("(", "    'DB_PASSWORD',", f"    '{V}',", ")"),
        *(
            (f'{{"{name}":"DB_PASSWORD","{value}":{shape}}}',)
            for name in ("name", "key", "envName", "env_name")
            for value in ("value", "secret", "content", "default", "env_value", "envValue", "values")
            for shape in (f'"{V}"', f'["{V}"]', f'{{"stringValue":"{V}"}}')
        ),
        # Validators.
        ("DB_PASSWORD", f"  Input should be a valid integer [type=int_parsing, input_value='{V}', input_type=str]"),
        (f'{{"code":"x","path":["DB_PASSWORD"],"received":"{V}"}}',),
        (f"Settings(db_password='{V}', port=80)",),
        (f"db_password=SecretStr('{V}')",),
    ],
)
def test_the_value_is_hidden_and_what_is_around_it_stays(lines: tuple[str, ...], prefix: str) -> None:
    shown = hidden(*lines, prefix=prefix)
    assert not any(word in shown for word in ("corr3ct", "h0rse", "batt3ry"))
    assert MASK in shown
    assert shown.startswith(f"{prefix}Start.\n")
    assert shown.endswith(f"\n{prefix}Done.")


@pytest.mark.parametrize(
    "line",
    [
        "needed: [API_KEY, DB_PASSWORD]",
        "missing API_KEY, DB_PASSWORD",
        "DB_PASSWORD<<EOF",
        "use <API_KEY>.",
        "curl -H ${API_KEY}/x",
        "echo ${API_KEY}x",
        "The token is basic; the password is not set",
        "Cookie: none",
        "Authorization: required",
        "mysql -p",
        "--password --verbose",
        "eyJust a word, sk-short",
    ],
)
def test_what_holds_no_value_stays(line: str) -> None:
    assert hidden(line) == f"Start.\n{line}\nDone."


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("got ghp_abcdefghijklmnopqrstuvwxyz0123456789 here", "got *** here"),
        ("got dop_v1_0123456789abcdef0123456789abcdef", "got ***"),
        (f"got {JWT}.", "got ***."),
        ('"sk_live_0123456789abcdef"', '"***"'),
        ("Authorization: token abcdefgh12345678", "Authorization: token ***"),
        ('"authorization": "abcdefgh12345678"', '"authorization": "***"'),
        ("> X-Api-Key: abcdefgh12345678", "> X-Api-Key: ***"),
        ("Authorization: Basic dXNlcjpodW50ZXIyUTk=", "Authorization: Basic ***"),
        ("mysql -uroot -phunter2Q9 shop", "mysql -uroot -p*** shop"),
        ("mysqldump -h db -p'hunter2 Q9' shop", "mysqldump -h db -p'***' shop"),
        ("redis-cli -h x -a hunter2Q9 ping", "redis-cli -h x -a *** ping"),
        ("curl -s -u user:hunter2Q9 https://x", "curl -s -u user:*** https://x"),
        ("pg_dump --password hunter2Q9", "pg_dump --password ***"),
        ("x --token=hunter2Q9 y", "x --token=*** y"),
    ],
)
def test_what_says_of_itself_that_it_is_a_secret(line: str, shown: str) -> None:
    assert hidden(line) == f"Start.\n{shown.replace('***', MASK)}\nDone."


def key_lines() -> list[str]:
    numbers = random.Random(1)
    return [base64.b64encode(numbers.randbytes(count)).decode() for count in (48, 48, 48, 48, 13)]


def test_the_short_last_line_of_a_block_without_markers_is_one() -> None:
    body = key_lines()
    shown = hidden(*body)
    assert not any(line[:12] in shown for line in body)
    assert "Done." in shown


@pytest.mark.parametrize(("space", "end"), [("%20", "%0A"), ("+", "%0a"), (" ", "\\\\n")])
def test_a_block_in_an_address(space: str, end: str) -> None:
    lines = ["-----BEGIN PRIVATE KEY-----".replace(" ", space), *key_lines(), "-----END PRIVATE KEY-----"]
    shown = hidden(end.join(lines).replace(" ", space))
    assert not any(line[:12] in shown for line in key_lines())


@pytest.mark.parametrize(
    "unit",
    ["mysql ", "mysql -a -p", "curl x ", "Cookie: ", "DB_PASSWORD<<X ", "<DB_PASSWORD>", "eyJaaaaaaaaaa", "a: b "],
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_file_made_to_be_slow_is_not(unit: str, end: str) -> None:
    start = time.process_time()
    mask_log_lines((unit + end).__mul__(64 * 1024 // len(unit + end)).split("\n"), KEYS)
    assert time.process_time() - start < (2 if sys.gettrace() is None else 20)
