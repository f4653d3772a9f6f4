"""Bring the pinned browser libraries into static/ui/vendor, with their licences and the NOTICE.

Run `python -m priyom.ui.vendor` after changing a pin; it needs npm, users never do. Each archive
is checked against its sha512 before a byte of it is written.
"""

import base64
import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "static" / "ui" / "vendor"
NOTICE = HERE.parents[2] / "NOTICE"


@dataclass(frozen=True)
class Package:
    """One npm package: what is taken (path inside → file name beside the licence)."""

    name: str
    version: str
    integrity: str
    licence: str
    folder: str
    about: str
    files: dict[str, str] = field(default_factory=dict)


FONT = Package(
    "@fontsource-variable/golos-text",
    "5.3.0",
    "sha512-D+Evz5yqXYh6tsalc537FS+cPDWn2FTdO8j/K1ZZuFAvA7ib6WnusTiihciq7mMnm6GBo6XTlh0JXPrhBsam2g==",
    "OFL-1.1",
    "golos",
    "Golos Text, the typeface of the pages (Paratype; Cyrillic and Latin subsets)",
    {
        "files/golos-text-cyrillic-wght-normal.woff2": "golos-cyrillic.woff2",
        "files/golos-text-latin-wght-normal.woff2": "golos-latin.woff2",
    },
)
ICONS = Package(
    "lucide-static",
    "1.62.0",
    "sha512-WBZA/m2PvkFpMGHDtsBck5P2A9G4ehLlYu4GwwICcmEm1BvYVgj00lCDxKRWLlbMlOibLaiwdQ88G5pHkSWgwA==",
    "ISC",
    "lucide",
    "Lucide, the icons of the pages (only those used, as one sprite)",
)
HTMX = Package(
    "htmx.org",
    "4.0.1",
    "sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
    "0BSD",
    "htmx",
    "htmx, parts of pages that refresh",
    {"dist/htmx.min.js": "htmx.min.js"},
)
TUS = Package(
    "tus-js-client",
    "4.3.1",
    "sha512-ZLeYmjrkaU1fUsKbIi8JML52uAocjEZtBx4DKjRrqzrZa0O4MYwT6db+oqePlspV+FxXJAyFBc/L5gwUi2OFsg==",
    "MIT",
    "tus",
    "tus-js-client, files that go on where the line was cut",
    {"dist/tus.min.js": "tus.min.js"},
)
PACKAGES = (FONT, ICONS, HTMX, TUS)

ICONS_USED = """
arrow-left arrow-right bell book-open calendar calendar-clock calendar-plus calendar-x camera
camera-off chart-column check check-check chevron-down chevron-left chevron-right chevron-up
circle-alert circle-check circle-help circle-x clipboard-list clock cloud-off copy download
ellipsis-vertical external-link eye file file-check file-text filter flag history hospital
hourglass house image info key keyboard link list-plus loader-circle lock log-in log-out mail
mail-warning maximize-2 menu message-circle message-square-text mic mic-off minimize-2 minus
monitor moon panel-right paperclip pause pen-line phone phone-call phone-missed phone-off pill
pin play plus printer qr-code refresh-cw reply rotate-ccw rotate-cw ruler scan-line search send
settings shield shield-check sparkles square star stethoscope sun thermometer trash-2
triangle-alert undo-2 upload user user-check user-plus user-x users video video-off volume-2 wifi
wifi-off x zoom-in zoom-out
"""
"""The names, apart by blanks; a page asks for one by {% icon "name" %}."""


def fetch(package: Package) -> tarfile.TarFile:
    """Download one package with npm and open it; SystemExit when its sha512 is another."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        data = next(Path(folder).glob("*.tgz")).read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != package.integrity:
        raise SystemExit(
            f"{package.name} {package.version}: expected {package.integrity}, got {found}"
        )
    return tarfile.open(fileobj=io.BytesIO(data), mode="r:gz")


def read(archive: tarfile.TarFile, path: str) -> bytes:
    """The bytes of one file of the package; KeyError when it is not there."""
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise KeyError(path)
    return member.read()


def without_map(data: bytes) -> bytes:
    """Drop the sourceMappingURL comment: the map is not shipped, browsers would ask in vain."""
    return re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"\n", data)


def sprite(archive: tarfile.TarFile) -> str:
    """One SVG of <symbol>s; stroke and size come from the page's CSS."""
    symbols = []
    for name in sorted(set(ICONS_USED.split())):
        svg = read(archive, f"icons/{name}.svg").decode()
        inner = " ".join(svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    head = "<!-- Lucide icons, ISC licence: see LICENSE beside this file -->\n"
    return head + '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def bring(package: Package) -> None:
    """Write one package's files and licence into its own folder, replacing what was there."""
    target = VENDOR / package.folder
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with fetch(package) as archive:
        (target / "LICENSE").write_bytes(read(archive, "LICENSE"))
        for source, name in package.files.items():
            data = read(archive, source)
            (target / name).write_bytes(without_map(data) if name.endswith(".js") else data)
        if package is ICONS:
            (target / "sprite.svg").write_text(sprite(archive), encoding="utf-8")


def notice() -> str:
    """The text of NOTICE: what of others is inside, by its licence; other rooms' lines stay."""
    entries = []
    for package in PACKAGES:
        where = f"src/priyom/ui/static/ui/vendor/{package.folder}/LICENSE"
        what = f"{package.name} {package.version}, {package.licence}"
        entries.append(f"* {package.about}\n  {what}; {where}\n")
    kept = NOTICE.read_text(encoding="utf-8") if NOTICE.exists() else ""
    others = re.findall(r"^\* .*\n(?:  .*\n)*", kept, re.MULTILINE)
    entries += [one for one in others if "src/priyom/ui/static/" not in one]
    head = "Приём (Priyom)\n\nThis product includes work of others, unchanged but for packing:"
    return f"{head}\n\n" + "".join(entries)


def main() -> None:
    """Bring everything and rewrite NOTICE."""
    for package in PACKAGES:
        bring(package)
        print(f"{package.name} {package.version}")
    NOTICE.write_text(notice(), encoding="utf-8")


if __name__ == "__main__":
    main()
