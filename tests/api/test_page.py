import base64
import hashlib
import re
from pathlib import Path

import httpx

from tests.api.conftest import Site

ASSETS = Path(__file__).resolve().parents[2] / "assets"
IMPORT = re.compile(r'^(?:import|export) (?:[^"]* from )?"([^"]+)";', re.MULTILINE)


def page(site: Site) -> httpx.Response:
    with site.as_role("viewer") as viewer:
        return viewer.get("/")


def test_the_page_carries_one_script_of_its_own(site: Site) -> None:
    scripts = re.findall(r'<script src="(/assets/[^"?]+)[^>]*?(type="module")?>', page(site).text)
    assert scripts == [(f"/assets/{site.services.build}/main.mjs", 'type="module"')]


def test_the_head_asks_for_every_module_that_is_imported(site: Site) -> None:
    asked = re.findall(r'<link rel="modulepreload" href="/assets/\w+/([^"]+)">', page(site).text)
    modules = {path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*.mjs")}
    assert sorted(asked) == sorted(modules - {"main.mjs"})


def test_every_module_is_reached_from_the_entry() -> None:
    reached: set[Path] = set()
    waiting = [ASSETS / "main.mjs"]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += [(path.parent / name).resolve() for name in IMPORT.findall(path.read_text("utf-8"))]
    assert reached == set(ASSETS.rglob("*.mjs"))


def test_the_renderer_starts_after_the_modules_and_is_known_to_the_policy(site: Site) -> None:
    answer = page(site)
    inline = re.search(r'<script id="_dash-renderer" type="module">(.*?)</script>', answer.text)
    assert inline is not None
    digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


def test_a_module_may_be_kept_for_as_long_as_its_address_holds(site: Site) -> None:
    address = f"/assets/{site.services.build}/core/push.mjs"
    with site.as_role("viewer") as viewer:
        answer = viewer.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        other = viewer.get("/assets/another-build/core/push.mjs")
        assert other.headers["content-type"].startswith("text/html")
        assert other.headers["cache-control"] == "no-store"
    with site.anybody() as stranger:
        assert stranger.get(address).status_code == 401
