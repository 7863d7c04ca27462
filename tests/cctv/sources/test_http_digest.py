"""HTTP Digest, against the examples of its own standards and against what devices send."""

import pytest

from cctv.sources.http_digest import answer, best, challenges
from cctv.sources.soap import Login

MUFASA = Login("Mufasa", "Circle of Life")
RFC_7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_rfc_7616(algorithm: str, response: str) -> None:
    challenge = best([RFC_7616.format(algorithm=algorithm)])
    assert challenge is not None
    own_nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    said = answer(challenge, MUFASA, "GET", "/dir/index.html", b"", 1, own_nonce)
    assert f'response="{response}"' in said
    assert "nc=00000001" in said


def test_the_example_of_rfc_2069_as_corrected() -> None:
    challenge = best(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'])
    assert challenge is not None
    said = answer(challenge, Login("Mufasa", "CircleOfLife"), "GET", "/dir/index.html", b"", 1, "")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in said
    assert "qop" not in said
    assert "cnonce" not in said


def test_several_challenges_in_one_header() -> None:
    header = 'Basic realm="a, b", Digest realm="c \\"d\\"", nonce="n", qop="auth,auth-int", Negotiate'
    assert challenges([header]) == [
        ("Basic", {"realm": "a, b"}),
        ("Digest", {"realm": 'c "d"', "nonce": "n", "qop": "auth,auth-int"}),
        ("Negotiate", {}),
    ]


def test_the_best_that_can_be_answered_is_taken() -> None:
    headers = [f'Digest realm="r", nonce="n", algorithm={one}' for one in ("MD5", "SHA-1024", "SHA-256")]
    chosen = best(headers)
    assert chosen is not None
    assert chosen.hash_name == "SHA-256"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Digest",
        'Digest realm="r"',
        'Digest realm="r", nonce="n", algorithm=ROT13',
        'Digest realm="r", nonce="n", qop="never"',
        'Basic realm="r"',
        ", , =, Digest =",
        'Digest nonce="n',
        "\x00\xff" * 100,
    ],
)
def test_what_cannot_be_answered_is_not(header: str) -> None:
    found = best([header])
    assert found is None or found.nonce


def test_a_name_in_hangul_can_be_sent() -> None:
    challenge = best(['Digest realm="r", nonce="n"'])
    assert challenge is not None
    said = answer(challenge, Login("관리자", "암호"), "POST", "/", b"", 1, "")
    assert said.isascii()
    assert "username*=UTF-8''%EA" in said
