"""Acts on closed talks: seal them, pack them for whoever may have them, keep them."""

from priyom.archive.actions.bundling import PACK, ask, download, forget, pack
from priyom.archive.actions.keeping import hold, lift, set_term
from priyom.archive.actions.sealing import seal, seal_now, seal_waiting

__all__ = [
    "PACK",
    "ask",
    "download",
    "forget",
    "hold",
    "lift",
    "pack",
    "seal",
    "seal_now",
    "seal_waiting",
    "set_term",
]
