"""Settings: what is given wrong is named."""

import pytest

from data.settings import Settings


@pytest.mark.parametrize("bad", ["*", "proxy.example", "10.0.0.1/8", "10.0.0.1,300.1.1.1"])
def test_a_proxy_that_is_no_address_or_network_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="GWANJE_TRUSTED_PROXIES"):
        Settings.read({"GWANJE_TRUSTED_PROXIES": bad})


def test_proxies_are_addresses_and_networks() -> None:
    settings = Settings.read({"GWANJE_TRUSTED_PROXIES": " 10.0.0.1, 2001:db8::/32 ,"})
    assert settings.proxies == ["10.0.0.1", "2001:db8::/32"]
    assert Settings.read({}).proxies == []
