"""`./priyom validate-xml FILE`: a line for each fault, with its place; exit code 1 if any."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from priyom.conclusions.cda import validation
from priyom.conclusions.cda.schematron import BadRules


def main() -> int:
    """Return 0 when the file is right, 1 when not, 2 when it could not be checked."""
    parser = argparse.ArgumentParser(prog="./priyom validate-xml")
    parser.add_argument("file", type=Path)
    parser.add_argument("--xsd", default=os.environ.get("PRIYOM_SEMD_XSD", ""))
    parser.add_argument("--schematron", default=os.environ.get("PRIYOM_SEMD_SCHEMATRON", ""))
    told = parser.parse_args()
    try:
        found = validation.faults(told.file.read_bytes(), told.xsd, told.schematron)
    except (BadRules, OSError) as error:
        print(f"priyom: {error}", file=sys.stderr)
        return 2
    for one in found:
        print(f"{told.file}:{one.line}: {one.source}: {one.text}")
    checked = [name for name, path in (("XSD", told.xsd), ("Schematron", told.schematron)) if path]
    print(f"  {len(found)} faults; checked by {' and '.join(checked) or 'nothing but XML itself'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
