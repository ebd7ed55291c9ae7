"""The pictures that the README shows, each put together from a few that ``make screenshots`` takes:
beside each other at one height, cut below, with few colours so that they stay small.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image

IMAGES: Final = Path("docs/images")
# Name → names of the pictures in it, from left to right.
PICTURES: Final = {
    "pages": ("makelaar-en-desktop", "machtiging-kiezen-en-390", "toestemming-en-desktop"),
    "demo": ("portaal-en-desktop", "makelaar-inloggen-en-390", "portaal-ingelogd-en-desktop"),
}
SCENES: Final = {
    part.removesuffix("-desktop").removesuffix("-390").removesuffix("-en")
    for parts in PICTURES.values()
    for part in parts
}
HEIGHT: Final = 760
GAP: Final = 24
COLOURS: Final = 256
BACKGROUND: Final = (230, 236, 239)


def put_together(folder: Path, images: Path = IMAGES) -> list[Path]:
    """Write each picture of which ``folder`` holds all parts; their paths."""
    made = []
    for name, parts in PICTURES.items():
        files = [folder / f"{part}.png" for part in parts]
        if all(file.exists() for file in files):
            made.append(images / f"{name}.png")
            _beside(files).save(made[-1], optimize=True)
    return made


def _beside(files: list[Path]) -> Image.Image:
    """A large screen is shown at half its size, a phone at three fifths."""
    shown = [_shown(Image.open(file).convert("RGB")) for file in files]
    width = sum(one.width for one in shown) + GAP * (len(shown) + 1)
    whole = Image.new("RGB", (width, HEIGHT + 2 * GAP), BACKGROUND)
    left = GAP
    for one in shown:
        whole.paste(one, (left, GAP))
        left += one.width + GAP
    return whole.quantize(COLOURS, kmeans=3, dither=Image.Dither.NONE)


def _shown(picture: Image.Image) -> Image.Image:
    scale = 0.5 if picture.width > 800 else 0.6
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    return small.crop((0, 0, small.width, min(small.height, HEIGHT)))
