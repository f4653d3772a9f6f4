"""Points of the curves of ГОСТ Р 34.10-2012: sums of multiples, quick enough for a page.

gostcrypto names the curves, but divides at each of its steps: a check took 60 ms there, 4 ms here,
where a point keeps its divisor aside (Jacobian coordinates) and one division ends it. It is not
constant-time: nothing but checks and trial keys comes here.
"""

from __future__ import annotations

from dataclasses import dataclass

from gostcrypto import gostsignature

Point = tuple[int, int] | None
"""Of the curve; None is the one at infinity."""
_Aside = tuple[int, int, int]
"""(X, Y, Z) stands for (X / Z², Y / Z³); Z is 0 at infinity."""
_INFINITY: _Aside = (1, 1, 0)


@dataclass(frozen=True)
class Curve:
    """y² = x³ + ax + b over the field of p; (x, y) is its base point, of the order q."""

    p: int
    a: int
    b: int
    q: int
    x: int
    y: int

    @property
    def base(self) -> tuple[int, int]:
        """Return the base point."""
        return self.x, self.y

    @property
    def size(self) -> int:
        """Return the bytes of a coordinate."""
        return (self.p.bit_length() + 7) // 8

    def has(self, x: int, y: int) -> bool:
        """Tell whether a point is on the curve; none with a zero, as no key has one."""
        p = self.p
        return 0 < x < p and 0 < y < p and not (y * y - x * x * x - self.a * x - self.b) % p

    def times(self, number: int, point: Point) -> Point:
        """Return number x point; the number is from 0 on."""
        return self.sum_of(number, point, 0, None)

    def sum_of(self, first: int, one: Point, second: int, other: Point) -> Point:
        """Return first x one + second x other, both at once (Shamir's way)."""
        both = self._plain(self._add(_aside(one), other))
        table = (None, one, other, both)
        total = _INFINITY
        for place in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
            total = self._double(total)
            bits = (first >> place & 1) | (second >> place & 1) << 1
            if bits:
                total = self._add(total, table[bits])
        return self._plain(total)

    def _double(self, point: _Aside) -> _Aside:
        x, y, z = point
        p = self.p
        if not z or not y:
            return _INFINITY
        square = y * y % p
        slope = (3 * x * x + self.a * pow(z, 4, p)) % p
        middle = 4 * x * square % p
        new = (slope * slope - 2 * middle) % p
        return new, (slope * (middle - new) - 8 * square * square) % p, 2 * y * z % p

    def _add(self, point: _Aside, plain: Point) -> _Aside:
        if plain is None:
            return point
        x, y, z = point
        if not z:
            return _aside(plain)
        p = self.p
        square = z * z % p
        across = (plain[0] * square - x) % p
        up = (plain[1] * square * z - y) % p
        if not across:
            return _INFINITY if up else self._double(point)
        step = across * across % p
        leap, middle = across * step % p, x * step % p
        new = (up * up - leap - 2 * middle) % p
        return new, (up * (middle - new) - y * leap) % p, z * across % p

    def _plain(self, point: _Aside) -> Point:
        x, y, z = point
        if not z:
            return None
        inverse = pow(z, -1, self.p)
        square = inverse * inverse % self.p
        return x * square % self.p, y * square * inverse % self.p


def named(name: str) -> Curve:
    """Return a curve by its name in Р 1323565.1.024-2019."""
    known = gostsignature.CURVES_R_1323565_1_024_2019[name]
    return Curve(**{part: known[part] for part in ("p", "a", "b", "q", "x", "y")})


def _aside(point: Point) -> _Aside:
    return _INFINITY if point is None else (*point, 1)
