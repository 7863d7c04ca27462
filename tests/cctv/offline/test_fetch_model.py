"""Bringing a model: from a real HTTP server on this machine, good and bad."""

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cctv.__main__ import main
from tests.cctv.tiny_model import tiny_yolox


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path / "site"
    folder.mkdir()
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetch(url: str, to: Path) -> int:
    return main(["fetch-model", "--url", url, "--to", str(to)])


def test_what_is_no_model_is_refused_and_not_kept(
    site: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = site
    (folder / "bad.onnx").write_bytes(b"<html>sign in</html>")
    assert fetch(f"{url}/bad.onnx", tmp_path / "models") == 1
    assert "not usable" in capsys.readouterr().err
    assert list((tmp_path / "models").iterdir()) == []


def test_no_way_to_it_is_said(
    site: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for url in (f"{site[1]}/missing.onnx", "http://127.0.0.1:9/x.onnx"):
        assert fetch(url, tmp_path / "models") == 1
        assert "could not fetch" in capsys.readouterr().err


def test_a_model_is_brought_tried_and_recorded(site: tuple[Path, str], tmp_path: Path) -> None:
    model = tiny_yolox(site[0] / "nano.onnx")
    assert fetch(f"{site[1]}/nano.onnx", tmp_path / "models") == 0
    (brought,) = (tmp_path / "models").glob("*.onnx")
    assert brought.read_bytes() == model.read_bytes()
    record = json.loads(brought.with_name(brought.name + ".json").read_text())
    assert len(record["sha256"]) == 64
