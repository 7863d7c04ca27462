"""The documents tell the truth about the code."""

import ast
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path

import jsonschema
import msgspec
import pytest

from data.settings import Settings
from docs import build
from park.events import catalogue
from park.events.envelope import CATALOGUE, decode, encode
from park.events.examples import examples

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SCRIPT_TOOLS = msgspec.json.decode((ROOT / "package.json").read_bytes())["devDependencies"]


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_generated_documents_are_current() -> None:
    assert build.stale() == []


# What another module might have annotated first, equal to what cctv/ and park/ annotate but for a fraction.
EQUAL_BOUNDS = """
from typing import Annotated
from msgspec import Meta
for bounds in (
    {"gt": 0, "le": 3650}, {"ge": 0, "le": 100}, {"ge": -90, "le": 90}, {"ge": 0}, {"gt": 0},
    {"ge": 0, "lt": 360},
):
    Annotated[float, Meta(**{name: TYPE(bound) for name, bound in bounds.items()})]
from docs import build
print(build.stale())
"""


@pytest.mark.parametrize("type_", ["int", "float"])
def test_documents_do_not_depend_on_what_was_imported_before(type_: str) -> None:
    script = EQUAL_BOUNDS.replace("TYPE", type_)
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("variable", [f.metadata["variable"] for f in fields(Settings)])
def test_each_setting_is_documented(variable: str) -> None:
    assert f"| `{variable}` |" in page("docs/settings.md")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_each_event_type_is_documented_and_has_a_valid_schema(name: str) -> None:
    assert f"[`{name}`](schemas/{name}.json)" in page("docs/events.md")
    schema = msgspec.json.decode(page(f"docs/schemas/{name}.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["type"] == {"const": name}
    assert schema["properties"]["data"]["additionalProperties"] is False


def test_asyncapi_names_every_type_and_its_references_resolve() -> None:
    document = msgspec.json.decode(page("docs/asyncapi.json"))
    assert set(document["components"]["messages"]) == set(CATALOGUE)
    for reference in re.findall(r'"\$ref":\s*"([^"]+)"', page("docs/asyncapi.json")):
        assert resolves(document, reference), reference


def resolves(document: object, reference: str) -> bool:
    if not reference.startswith("#/"):
        return (ROOT / "docs" / reference).is_file()
    for part in reference.removeprefix("#/").split("/"):
        document = document.get(part) if isinstance(document, dict) else None
    return document is not None


WANTED = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"], *SCRIPT_TOOLS]


@pytest.mark.parametrize("requirement", WANTED)
def test_each_dependency_has_its_reason(requirement: str) -> None:
    name = re.split(r"[\[>=<]", requirement)[0]
    assert re.search(rf"^\| `{re.escape(name)}` \| .+ \| .+ \|$", page("docs/dependencies.md"), re.MULTILINE)


# Used without an import of ours: by redis, FastAPI and zoneinfo
IMPLICIT = {"hiredis", "python-multipart", "tzdata"}


def test_each_dependency_is_imported() -> None:
    """A library that nothing imports is none; what is used without an import is named above."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    rooms = [name for name in listed.stdout.split() if not name.startswith(("tests/", "bench/"))]
    imported: set[str] = set()
    for name in rooms:
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    modules: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(distribution.lower().replace("_", "-"), set()).add(module)
    declared = {re.split(r"[\[>=<]", requirement)[0] for requirement in PROJECT["project"]["dependencies"]}
    unused = {name for name in declared if not modules.get(name, set()) & imported}
    assert unused == IMPLICIT


def test_no_reason_outlives_its_dependency() -> None:
    names = {re.split(r"[\[>=<]", requirement)[0] for requirement in WANTED}
    assert set(re.findall(r"^\| `([^`]+)` \|", page("docs/dependencies.md"), re.MULTILINE)) == names


PAGES = [path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]]


@pytest.mark.parametrize("name", PAGES)
def test_links_between_pages_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page(name)):
        assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"


PATH = re.compile(
    r"`((?:api|bench|callbacks|cctv|data|docs|feeds|layouts|park|tests|workers)/[\w/]+\.(?:py|js|mjs|toml))`"
)


@pytest.mark.parametrize("name", PAGES)
def test_files_that_a_page_names_exist(name: str) -> None:
    assert [path for path in PATH.findall(page(name)) if not (ROOT / path).is_file()] == []


def test_the_overview_is_of_one_page() -> None:
    assert len(page("docs/architecture.md").splitlines()) <= 90


def test_every_make_target_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", page("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make (\w+)`|^make (\w+)", page("README.md"), re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_an_example_passes_the_door_and_its_schema(name: str) -> None:
    raw = encode(examples()[name])
    assert decode(raw) == examples()[name]
    jsonschema.validate(msgspec.json.decode(raw), catalogue.schema(CATALOGUE[name]))


def test_a_schema_refuses_what_the_door_refuses() -> None:
    event = msgspec.json.decode(encode(examples()["park.gas.observation"]))
    validator = jsonschema.Draft202012Validator(catalogue.schema(CATALOGUE["park.gas.observation"]))
    assert validator.is_valid(event)
    assert not validator.is_valid(event | {"data": {"substance": "NH3", "ppm": -1}})
    assert not validator.is_valid({name: value for name, value in event.items() if name != "id"})
