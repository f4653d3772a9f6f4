"""Files that patients send: pictures drawn, an analysis typeset, voice and video synthesised.

Small, the same bytes every time, and really of the type that their name says.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import numpy
