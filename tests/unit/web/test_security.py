"""What keeps other sites and password guessers out."""

import pytest

from web.errors import TooManyAttemptsError
from web.security import (
    LoginLimits,
    content_security_policy,
    is_same_origin,
    new_token,
    token_hash,
)

HOST = {"host": "care.example:8080"}


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        # what the browser vouches for counts more than a header a program can write
        ({"sec-fetch-site": "cross-site", "origin": "http://care.example:8080"}, False),
        ({"origin": "http://care.example:8080"}, True),
        ({"origin": "http://CARE.example:8080"}, True),
        ({"origin": "http://care.example"}, False),
        ({"origin": "https://care.example:8080"}, True),  # the proxy before us ends TLS
        ({"origin": "http://evil.example:8080"}, False),
        ({"origin": "http://care.example:8080.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://[bad"}, False),
        ({"origin": "file://"}, False),
        ({"origin": "https://care.gov.example"}, True),
        ({}, False),
    ],
)
def test_only_our_own_pages_may_write(headers: dict[str, str], allowed: bool) -> None:
    own = ("https://care.gov.example",)
    assert is_same_origin({**HOST, **headers}, "http", own) is allowed


@pytest.mark.parametrize(
    ("origin", "scheme", "allowed"),
    [
        ("https://care.example:443", "https", True),
        ("https://care.example", "http", True),  # TLS ends at a proxy that does not say so
        ("https://care.example", "ws", True),
        ("https://care.example", "wss", True),
        ("http://care.example", "https", False),
        ("http://care.example", "wss", False),
    ],
)
def test_a_default_port_may_be_left_out_but_a_plain_page_writes_to_no_encrypted_server(
    origin: str, scheme: str, allowed: bool
) -> None:
    assert is_same_origin({"host": "care.example", "origin": origin}, scheme) is allowed


def test_a_token_is_256_random_bits_and_the_database_keeps_only_its_hash() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 43 for token in tokens)
    assert all(len(token_hash(token)) == 32 for token in tokens)


def test_the_policy_lets_the_map_worker_run_and_nothing_foreign() -> None:
    policy = content_security_policy(["https://tiles.example"])
    assert "worker-src 'self' blob:" in policy
    assert "img-src 'self' data: blob: https://tiles.example" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy


def limits() -> LoginLimits:
    return LoginLimits("memory://", failures_per_minute=3, attempts_per_minute=10)


def test_wrong_passwords_stop_that_account_from_that_address_only() -> None:
    counted = limits()
    for _ in range(3):
        counted.attempt("10.0.0.1", "li")
        counted.failed("10.0.0.1", "li")
    with pytest.raises(TooManyAttemptsError) as caught:
        counted.attempt("10.0.0.1", "li")
    assert caught.value.data["retry_after_s"] == 60
    counted.attempt("10.0.0.1", "wang")
    counted.attempt("10.0.0.2", "li")


def test_an_address_may_not_tire_us_with_any_names() -> None:
    counted = limits()
    for n in range(10):
        counted.attempt("10.0.0.1", f"user{n}")
    with pytest.raises(TooManyAttemptsError):
        counted.attempt("10.0.0.1", "another")
    counted.attempt("10.0.0.2", "another")
