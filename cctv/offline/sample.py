"""Footage to show the room with, where a camera has none of its own: from Debian's ``opencv-doc``."""

from pathlib import Path

FOLDERS = (Path("/usr/share/doc/opencv-doc/examples/data"), Path("/usr/share/opencv4/samples/data"))
SCHEME = "sample:"


class SampleMissingError(FileNotFoundError):
    """No such sample footage on this machine; the message says how to get it."""


def find_sample(name: str) -> Path:
    """Return the path of the sample ``name`` (``vtest.avi``: PETS 2009, 768×576, 10 fps).

    Raises:
        SampleMissingError: when no known folder has it.
    """
    for folder in FOLDERS:
        if (path := folder / Path(name).name).is_file():
            return path
    raise SampleMissingError(f"시연 영상 없음 ({name}: opencv-doc 패키지가 설치되어 있지 않음)")
