"""The running house and the two in one talk, for pages that move by themselves."""

from __future__ import annotations

from priyom.chat.tests.live import running_house, servers
from priyom.chat.tests.scene import scene

__all__ = ["running_house", "scene", "servers"]
