"""The pictures of the manual for administrators, in Dutch and English: each a page of ``make
screenshots`` without what is below the fold, at half its size and with few colours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image

IMAGES: Final = Path("docs/images/beheer")
# Name in the manual → scene.
PICTURES: Final = {
    "to-do": "beheer-te-doen",
    "users": "beheer-gebruikers",
    "authorisations": "beheer-machtigingen",
    "give": "beheer-geven-diensten",
    "check": "beheer-geven-controle",
    "chains": "beheer-keten",
    "means": "middel-niveau",
    "invite": "uitnodigen",
    "group": "groepen-groep",
    "invite-to-group": "groepen-uitnodigen",
    "allowed": "beheer-mag-dit-nee",
}
LANGUAGES: Final = ("nl", "en")
SCALE: Final = 0.625
HIGHEST: Final = 560  # pixels of the picture
COLOURS: Final = 64


def file_of(name: str, language: str) -> str:
    """``to-do-nl.png``."""
    return f"{name}-{language}.png"


def put_together(folder: Path, images: Path = IMAGES) -> list[Path]:
    """Write each picture that ``folder`` holds; their paths."""
    images.mkdir(parents=True, exist_ok=True)
    made = []
    for name, scene in PICTURES.items():
        for language in LANGUAGES:
            source = folder / f"{scene}-{language}-desktop.png"
            if source.exists():
                made.append(images / file_of(name, language))
                _shown(Image.open(source).convert("RGB")).save(made[-1], optimize=True)
    return made


def _shown(picture: Image.Image) -> Image.Image:
    size = (round(picture.width * SCALE), round(picture.height * SCALE))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    shown = small.crop((0, 0, small.width, min(small.height, HIGHEST)))
    return shown.quantize(COLOURS, kmeans=3, dither=Image.Dither.NONE)
