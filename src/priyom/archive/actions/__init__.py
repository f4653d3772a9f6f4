"""Acts on closed talks: seal them, pack them for whoever may have them, keep them."""

from priyom.archive.actions.bundling import PACK, ask, download, forget, pack
from priyom.archive.actions.keeping import hold, lift, set_term
from priyom.archive.actions.sealing import seal, seal_now, seal_waiting
from priyom.archive.actions.signing import REMEMBERED, sign_manifests, sign_now

__all__ = [
    "PACK",
    "REMEMBERED",
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
    "sign_manifests",
    "sign_now",
]
