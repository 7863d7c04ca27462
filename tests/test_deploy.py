"""The container files say what the code can do; containers themselves are not built here."""

import importlib.util
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.settings import Settings
from deploy import system_packages

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
VARIABLES = {f.metadata["variable"] for f in fields(Settings)}


def instructions(word: str) -> list[str]:
    return re.findall(rf"^{word} (.+)$", DOCKERFILE, re.MULTILINE)


def test_every_process_of_the_room_is_a_service() -> None:
    workers = {
        path.stem for path in (ROOT / "workers").glob("*.py") if "\ndef main(" in path.read_text("utf-8")
    }
    assert set(OURS) == {"room"} | workers - {"room"}


@pytest.mark.parametrize("name", [name for name in OURS if name != "room"])
def test_the_command_of_a_service_is_a_module(name: str) -> None:
    python, flag, module = SERVICES[name]["command"]
    assert (python, flag) == ("python", "-m")
    assert importlib.util.find_spec(module) is not None


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_configured_by_known_settings_and_holds_no_right(name: str) -> None:
    service = SERVICES[name]
    assert set(service["environment"]) <= VARIABLES
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def test_no_password_has_a_default() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text("utf-8")
    used = re.findall(r"\$\{(\w*PASSWORD)(:\?)?", text)
    assert len(used) >= 5
    assert all(mandatory for _, mandatory in used)


def test_only_the_room_has_a_door_and_only_on_loopback() -> None:
    doors = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert doors == {"room": ["127.0.0.1:8050:8050"]}


@pytest.mark.parametrize("image", [*instructions("FROM"), *(s["image"] for s in SERVICES.values())])
def test_images_are_pinned(image: str) -> None:
    assert re.match(r"^[\w/]+:\d+\.\d+(\.\d+)?", image)


def test_every_database_and_broker_is_waited_for() -> None:
    for name in OURS:
        for needed, how in SERVICES[name]["depends_on"].items():
            wanted = "service_healthy" if "healthcheck" in SERVICES[needed] else ""
            done = "service_completed_successfully" if needed == "prepare" else wanted
            assert how["condition"] == done


def test_the_image_runs_as_nobody_special_from_locked_packages() -> None:
    assert instructions("USER")[-1] not in {"root", "0"}
    assert "/healthz" in instructions("HEALTHCHECK")[0]
    assert "--require-hashes -r /tmp/run.txt" in DOCKERFILE
    assert "dev.txt" not in DOCKERFILE


def test_the_image_holds_every_room_and_nothing_that_is_not_there() -> None:
    copied = {source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]}
    assert all((ROOT / source).exists() for source in copied)
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench", "docs"}
    assert rooms | {"assets", "locales", "parks", "app.py"} <= copied
    ignored = (ROOT / ".dockerignore").read_text("utf-8")
    assert all(f"!{source}" in ignored for source in copied)


def test_what_the_tests_need_of_the_system_is_here() -> None:
    assert [need.what for need in system_packages.missing()] == []
