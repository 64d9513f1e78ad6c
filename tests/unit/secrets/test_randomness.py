"""Which secrets certainly came out of a random generator: in doubt, none."""

from __future__ import annotations

import base64
import hashlib
import random
import string

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.randomness import certainly_random

_WORDS = "correct horse battery staple summer password monkey dragon secret database admin production token lisbon"
WORDS = _WORDS.split()
LEET = str.maketrans("aeiost", "431057")
ALNUM = string.ascii_letters + string.digits


def phrase(dice: random.Random) -> str:
    """A long password as people make them up: words in mixed spellings, with a number or a sign between."""
    text = ""
    while len(text) < 34:
        word = dice.choice(WORDS)
        spelt = [word, word.capitalize(), word.upper(), word.translate(LEET), word.capitalize().translate(LEET)]
        text += dice.choice(spelt) + dice.choice(["", "-", "_", "1", "2024", str(dice.randrange(100))])
    return text


def generated(dice: random.Random, how: str) -> str:
    raw = dice.randbytes(32)
    if how == "base64":
        return base64.b64encode(raw).decode()
    return "".join(dice.choice(ALNUM) for _letter in range(40)) if how == "letters and digits" else raw.hex()


@pytest.mark.parametrize("how", ["base64", "letters and digits"])
def test_most_of_what_generators_make_is_recognised(how: str) -> None:
    dice = random.Random(how)
    assert sum(certainly_random(generated(dice, how)) for _try in range(300)) > 200


def test_what_people_make_up_is_not() -> None:
    dice = random.Random(1)
    for _try in range(2000):
        text = phrase(dice)
        hexadecimal = hashlib.sha256(text.encode()).hexdigest()
        for made_up in (
            text,
            text.lower(),
            text * 3,
            hexadecimal,
            base64.b64encode(text.encode()).decode(),
            base64.b64encode(hexadecimal.encode()).decode()[: dice.randrange(32, 80)],
        ):
            assert not certainly_random(made_up)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4711",
        "vE7q2XbT9sKd4LmR8wZc1FhJ6pYg3Na",  # 31
        "vE7q2XbT9sKd4LmR8wZc1FhJ6pYg3NaU\n",
        "vE7q2XbT9sKd4LmR8wZc1FhJ6pYg3Na ",
        "vE7q2XbT9sKd4LmR8wZc1FhJ6pYg3Naü",
        "vE7q2XbT9sKd4LmR8wZc1FhJ" * 2,
        "vE7q2XbT9sKd4LmR8wZ20241127pYg3NaU",
        "aB1aB2aB3aB4aB5aB6aB7aB8aB9aB0aC1aC2",
        "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6",
        "Qw1eR2tY3uI4oP5aS6dF7gH8jK9lZ0xC",
        "vE7qTXbTQsKdZLmRQwZcTFhJZpYgQNaU",
        "550e8400-e29b-41d4-a716-446655440000",
        "postgres://shop:vE7q2XbT9sKd4LmR8wZc1FhJ6pYg3NaU@db/shop",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----",
        hashlib.md5(b"password", usedforsecurity=False).hexdigest(),
        "0123456789abcdef0123456789ABCDEF",
        "opDBnv5aXXRROy1fJFJYbiF6WkN9Pmwu",  # base64 of a text after five odd bytes
        "7CQjyHQgIlF41Vd9JLA9WWDNPiA+dz0g",  # base64 of a text with odd bytes and blanks
    ],
)
def test_in_doubt_it_is_not(text: str) -> None:
    assert not certainly_random(text)


def test_one_that_is() -> None:
    assert certainly_random("vE7q2XbT9sKd4LmR8wZc1FhJ6pYg3NaU")
