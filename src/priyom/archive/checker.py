#!/usr/bin/env python3
"""Проверка архива закрытой консультации. Нужен только Python 3.8 или новее, сеть не нужна.

    python3 proverka.py              в распакованной папке
    python3 proverka.py архив.zip    не распаковывая

Что проверяется (всё описано и в README.txt):
1. каждый файл архива сверяется с отпечатком SHA-256 из списка SHA256SUMS;
2. записи журнала (zhurnal.jsonl) складываются в цепочку отпечатков, её конец сверяется с описью;
3. файлы и заключения архива сверяются с описью (opis.json).
Программа ничего не меняет и никуда ничего не отправляет.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIST, JOURNAL = "SHA256SUMS", "zhurnal.jsonl"
INVENTORY, LEFT_OUT = "opis.json", "ne-prilozheny.json"
SIGNATURE = "opis.json.sig"


def read_all(place: Path) -> dict[str, bytes]:
    """Возвращает все файлы: имя -> содержимое."""
    if place.is_file():
        with zipfile.ZipFile(place) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    found = sorted(one for one in place.rglob("*") if one.is_file() and one.name[0] != ".")
    return {one.relative_to(place).as_posix(): one.read_bytes() for one in found}


def sha256(body: bytes) -> str:
    """Возвращает отпечаток SHA-256."""
    return hashlib.sha256(body).hexdigest()


def check_list(files: dict[str, bytes]) -> Iterator[str]:
    """Сверяет файлы со списком SHA256SUMS."""
    listed: dict[str, str] = {}
    for line in files.get(LIST, b"").decode("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    if not listed:
        yield f"нет списка {LIST}"
    for name, digest in listed.items():
        if name not in files:
            yield f"файла нет: {name}"
        elif sha256(files[name]) != digest:
            yield f"файл изменён: {name}"
    for name in sorted(set(files) - set(listed) - {LIST}):
        yield f"лишний файл, его нет в списке: {name}"


def check_journal(files: dict[str, bytes], inventory: dict[str, Any]) -> Iterator[str]:
    """Складывает цепочку из записей журнала и сверяет её с описью."""
    talk, chain = inventory["talk"]["id"], inventory["chain"]
    head = hashlib.sha256(f'["{chain["format"]}","{talk}"]'.encode()).digest()
    heads: dict[int, str] = {}
    named: list[dict[str, Any]] = []
    number = 0
    for number, line in enumerate(files.get(JOURNAL, b"").splitlines(), start=1):
        entry = json.loads(line)
        if entry["seq"] != number:
            yield f"журнал: на месте записи {number} стоит запись {entry['seq']}"
            return
        head = hashlib.sha256(head + line).digest()
        heads[number] = head.hex()
        named += [{"entry": number, **file} for file in entry["files"]]
    if number != chain["entries"]:
        yield f"журнал: записей {number}, а в описи {chain['entries']}"
    elif heads.get(number) != chain["head"]:
        yield "журнал: какая-то запись изменена, цепочка не сходится с описью"
    for earlier in chain["before"]:
        if heads.get(earlier["entries"]) != earlier["head"]:
            yield f"журнал: записи до {earlier['entries']} не те, что были в прежней описи"
    if named != inventory["files"]:
        yield "журнал называет другие файлы, чем опись"


def check_contents(files: dict[str, bytes], inventory: dict[str, Any]) -> Iterator[str]:
    """Сверяет файлы и заключения с описью."""
    present = {sha256(body): len(body) for body in files.values()}
    left_out = set(json.loads(files.get(LEFT_OUT, b"[]")))
    for file in inventory["files"]:
        if file["sha256"] in left_out:
            print(f"  не приложен (см. README.txt): {file['name']}, запись {file['entry']}")
        elif present.get(file["sha256"]) != file["size"]:
            yield f"файла из описи нет или он изменён: {file['name']}, запись {file['entry']}"
    for paper in inventory["conclusions"]:
        parts = [("pdf", paper)] + [(one["ending"], one) for one in paper["beside"]]
        for ending, part in parts:
            if present.get(part["sha256"]) != part["size"]:
                yield f"заключения из описи нет или оно изменено: № {paper['number']} ({ending})"


def check(files: dict[str, bytes]) -> list[str]:
    """Возвращает список того, что не сошлось."""
    faults = list(check_list(files))
    try:
        inventory = json.loads(files[INVENTORY])
        if inventory["format"] != "priyom-manifest-1":
            raise ValueError
        faults += check_journal(files, inventory)
        faults += check_contents(files, inventory)
    except (KeyError, TypeError, ValueError):
        faults.append(f"опись или журнал не читаются: {INVENTORY}, {JOURNAL}")
    return faults


def main() -> int:
    """Печатает итог; код выхода 0, если всё сошлось, иначе 1."""
    files = read_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
    faults = check(files)
    for fault in faults:
        print(f"  НЕ СОШЛОСЬ: {fault}")
    if faults:
        print("Архив изменён или неполон. Попросите новый у того, кто его выдал.")
        return 1
    print("Всё сошлось: файлы, журнал и опись согласованы между собой.")
    print(f"Отпечаток описи (SHA-256): {sha256(files[INVENTORY])}")
    print("Чтобы убедиться, что опись выдана поликлиникой, проверьте её на странице из README.txt.")
    if SIGNATURE in files:
        print(f"Под описью есть подпись организации: {SIGNATURE}. Эта программа её не проверяет;")
        print("проверьте её как открепленную подпись файла opis.json (README.txt, пункт 4).")
    else:
        print("Подписи организации под описью в архиве нет.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
