"""Letters and numbers of the demo: logins in Latin, numbers with right check digits."""

from __future__ import annotations

from priyom.kernel.snils import control

_LATIN = {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya",
    "ё": "e", "э": "e", "ъ": "", "ь": "",
    **dict(zip("абвгдезийклмнопрстуфы", "abvgdeziyklmnoprstufy", strict=True)),
}  # fmt: skip


def latin(text: str) -> str:
    """Return the letters as people write them in logins: Соколова → sokolova."""
    return "".join(_LATIN.get(sign, sign) for sign in text.lower() if sign.isalpha())


def valid_snils(nine: int) -> str:
    """Return the СНИЛС of the first nine digits."""
    text = f"{nine:09d}"
    return text + control(text)


def valid_enp(fifteen: int) -> str:
    """Return the ЕНП of the first fifteen digits: the last is Luhn's."""
    text = f"{fifteen:015d}"
    doubled = sum(int("0246813579"[int(digit)]) for digit in text[::2])
    return text + str(-(doubled + sum(map(int, text[1::2]))) % 10)
