"""Apache with mod_auth_openidc as a portal: Debian's packages, and the recipe as it stands."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import Final

from tests.interop import recipes
from tests.interop.processes import running
from tests.interop.recipes import Followed
from tests.machine import APACHE_MODULES
from tests.running_demo import RunningDemo
from tests.servers import free_port

TEMPLATES: Final = Path(__file__).parent / "openidc_config"
STOPPED: Final = "<!doctype html><html lang='en'><title>Apache</title><h1>Not logged in</h1></html>"
FRONT: Final = "<!doctype html><html lang='en'><title>Apache</title><h1>Front page</h1></html>"


@contextmanager
def serving(demo: RunningDemo, name: str) -> Iterator[Followed]:
    """Apache runs inside this block."""
    # Its processes run as another user, who may not look into the folders of pytest.
    with tempfile.TemporaryDirectory(prefix="sluis-openidc-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        for part in ("log", "run", "www"):
            (folder / part).mkdir()
        address = f"http://127.0.0.1:{free_port()}"
        followed = recipes.follow("mod_auth_openidc", demo, folder, recipes.agree(name, address))
        _prepare(folder, address)
        environment = {
            **os.environ,
            "CLIENT_SECRET": followed.secret,
            "CRYPTO_PASSPHRASE": secrets.token_hex(),
        }
        with running(
            ["apache2", "-f", str(folder / "httpd.conf"), "-D", "FOREGROUND"],
            environment=environment,
            log=folder / "log/start.log",
            ready_url=f"{address}/front.html",
        ):
            try:
                yield followed
            except BaseException:
                print((folder / "log/error.log").read_text(errors="replace"))
                raise


def _prepare(folder: Path, address: str) -> None:
    (folder / "www/front.html").write_text(FRONT)
    (folder / "www/gestopt.html").write_text(STOPPED)
    page = (TEMPLATES / "index.shtml").read_text(encoding="utf-8")
    (folder / "www/index.shtml").write_text(page, encoding="utf-8")
    template = Template((TEMPLATES / "httpd.conf").read_text(encoding="utf-8"))
    text = template.substitute(
        folder=folder,
        base_url=address,
        address=address.removeprefix("http://"),
        modules=APACHE_MODULES,
        user="User nobody\nGroup nogroup" if os.geteuid() == 0 else "",
    )
    (folder / "httpd.conf").write_text(text, encoding="utf-8")
