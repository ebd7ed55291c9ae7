"""``make screenshots``: a picture of every page, Dutch and English, desktop and phone.

``python -m tests.browser.screenshots [PART OF A NAME …]`` takes only those; with ``--readme`` it
takes what the README and the manual for administrators show, and writes that to docs/images.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.browser import manual_pictures, readme_pictures
from tests.browser.chromium import launched
from tests.browser.scenes import SCENES, Scene
from tests.browser.visitor import DESKTOP, PHONE, visiting
from tests.running_demo import RunningDemo, running_demo

FOLDER: Final = Path("var/screenshots")
SIZES: Final = {"desktop": DESKTOP, "390": PHONE}


def main(wanted: list[str]) -> int:
    """Write the pictures and print their names."""
    for_readme = wanted == ["--readme"]
    scenes = [s for s in SCENES if not wanted or any(part in s.name for part in wanted)]
    if for_readme:
        shown = {*readme_pictures.SCENES, *manual_pictures.PICTURES.values()}
        scenes = [scene for scene in SCENES if scene.name in shown]
    if not wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "demo") as running,
        sync_playwright() as playwright,
    ):
        chromium = launched(playwright)
        for scene in scenes:
            for picture in _pictures(running, chromium, scene):
                print(picture, flush=True)
        chromium.close()
    if for_readme:
        made = readme_pictures.put_together(FOLDER) + manual_pictures.put_together(FOLDER)
        print(*made, sep="\n")
    return 0


def _pictures(running: RunningDemo, chromium: Browser, scene: Scene) -> list[Path]:
    """Each language is walked once; the size of the window changes between two pictures."""
    made = []
    with visiting(running, chromium) as visitor:
        for language in ("nl", "en"):
            visitor.meet(scene, language)
            for name, size in SIZES.items():
                visitor.resize(size)
                picture = FOLDER / f"{scene.name}-{language}-{name}.png"
                visitor.page.screenshot(path=picture, full_page=True)
                made.append(picture)
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
