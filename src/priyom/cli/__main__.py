"""`python -m priyom.cli <verb>`: what ./priyom runs once the environment is there."""

import argparse
import sys
from collections.abc import Callable

from priyom.cli import console, single, up
from priyom.cli.failure import sentence_of

Verb = Callable[[argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="./priyom")
    verbs = whole.add_subparsers(dest="verb", required=True, metavar="verb")

    def verb(name: str, run: Verb, text: str) -> argparse.ArgumentParser:
        one = verbs.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        return one

    up.options(verb("up", up.run, "Start everything here and print the addresses."))
    verb("migrate", single.run_migrate, "Bring the database to this version and stop.")
    verb("worker", single.run_worker, "Run only the job worker, in the foreground.")
    verb("gateway", single.run_gateway, "Run only the chat gateway, in the foreground.")
    return whole


def main() -> int:
    arguments = parser().parse_args()
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        console.say("\nStopped.")
        return 0
    except Exception as trouble:
        sentence = sentence_of(trouble)
        if sentence is None:
            raise
        print(f"priyom: {sentence}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
