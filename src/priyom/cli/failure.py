"""Troubles that a person can do something about, each told in one sentence without a traceback."""

import errno

FULL_DISK = "The disk is full: free some space (Priyom wants 1 GB) and start again."


class Stop(Exception):
    """Ends the command; the text is one sentence that says what to do next."""


class AlreadyRunning(Stop):
    """Another process holds the state folder."""


def sentence_of(trouble: BaseException) -> str | None:
    """The sentence for a known trouble of the machine, or None when it is a bug of ours."""
    if isinstance(trouble, Stop):
        return str(trouble)
    if not isinstance(trouble, OSError):
        return FULL_DISK if "No space left on device" in str(trouble) else None
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        return FULL_DISK
    if isinstance(trouble, PermissionError) or trouble.errno == errno.EROFS:
        return f"No right to write {trouble.filename}: use a folder of your own or set PRIYOM_VAR."
    return None
