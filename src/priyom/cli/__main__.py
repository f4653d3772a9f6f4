"""`python -m priyom.cli <verb>`: what ./priyom runs once the environment is there."""

import argparse
import sys
from collections.abc import Callable

from priyom.cli import backup, console, icd10, patients, quality, single, up
from priyom.cli.failure import sentence_of

# These pass all their words on, to pytest or to the benchmark.
PASSED_ON: dict[str, Callable[[list[str]], int]] = {
    "test": quality.run_test,
    "bench": quality.run_bench,
}


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="./priyom")
    verbs = whole.add_subparsers(dest="verb", required=True, metavar="verb")

    def verb(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        one = verbs.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        return one

    up.options(verb("up", up.run, "Start everything here and print the addresses."))
    backup.backup_options(verb("backup", backup.run_backup, "Database and files into one file."))
    backup.restore_options(verb("restore", backup.run_restore, "A backup back into its place."))
    verb("migrate", single.run_migrate, "Bring the database to this version and stop.")
    patients.options(verb("patients", patients.run, "A city's cards from a file; made people."))
    icd10.options(verb("icd10", icd10.run, "The official classification from its file."))
    verify = verb("verify-archive", single.run_verify, "Is what closed still what it was?")
    single.verify_options(verify)
    validate = verb(
        "validate-xml", single.run_validate, "The XML of a conclusion by XSD and rules."
    )
    single.validate_options(validate)
    verb("worker", single.run_worker, "Run only the job worker, in the foreground.")
    verb("gateway", single.run_gateway, "Run only the chat gateway, in the foreground.")
    verb("check", quality.run_check, "Style, types, floors, architecture, documents.")
    verb("fmt", quality.run_fmt, "Format the code.")
    verb("lock", quality.run_lock, "Write both lock files anew.")
    for name in PASSED_ON:
        verbs.add_parser(name, help="passes its words on: ./priyom test [path ...] [-k word]")
    return whole


def perform(words: list[str]) -> int:
    if words and words[0] in PASSED_ON and words[1:] not in (["-h"], ["--help"]):
        return PASSED_ON[words[0]](words[1:])
    arguments = parser().parse_args(words)
    return int(arguments.run(arguments))


def main() -> int:
    try:
        return perform(sys.argv[1:])
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
