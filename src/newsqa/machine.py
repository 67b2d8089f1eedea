"""What the machine refuses: memory, room on a disk, a file, a lock. Its errors become ResourceError."""

from __future__ import annotations

import errno
import re
import resource
from contextlib import suppress
from pathlib import Path

from newsqa.errors import ResourceError

MB = 1_000_000
MODELS, MODELS_THREAD = 900 * MB, 100 * MB
"""Bytes of address space that encoders take, and that each of their threads adds."""
VECTORS = 700 * MB
"""Bytes of address space that the embedded Chroma takes."""

NO_MEMORY = "Allow it more (ulimit -v), or close other programs."
_OUT_OF_MEMORY = ("failed to map segment", "can't start new thread", "std::bad_alloc", "Cannot allocate memory")

ADVICE = {
    errno.ENOSPC: "Free some space, then run it again.",
    errno.EDQUOT: "Free some of your quota, then run it again.",
    errno.EFBIG: "Allow larger files (ulimit -f), then run it again.",
    errno.EROFS: "Name a folder that can be written to.",
    errno.EACCES: "Check who owns it, and its permissions.",
    errno.EPERM: "Check who owns it, and its permissions.",
    errno.EMFILE: "Allow more open files (ulimit -n), then run it again.",
    errno.ENFILE: "Close other programs, then run it again.",
    errno.EIO: "Check the disk, then run it again.",
    errno.ENOTDIR: "Name a folder in its place.",
    errno.EISDIR: "Name a file in its place, or move the folder away.",
    errno.ENAMETOOLONG: "Give it a shorter name.",
    errno.ENOENT: "Check that it is there.",
    errno.EBADF: "Do not close it, or send it to a file or to /dev/null.",
    **dict.fromkeys(
        (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL),
        "Its file system may have no locks: name a folder on a local disk.",
    ),
}
"""What to do about errors of the system."""

_NETWORK = re.compile(r"nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|glusterfs|fuse\.(?:sshfs|glusterfs|rclone|s3fs)")


def system_error(error: BaseException, what: str = "Output") -> ResourceError | None:
    """Return the ResourceError for what the system refused, None for any other error.

    `what` names the file where the error does not.
    """
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in _OUT_OF_MEMORY):
        return ResourceError("There is too little memory.", hint=NO_MEMORY)
    advice = ADVICE.get(error.errno or 0) if isinstance(error, OSError) else None
    if not isinstance(error, OSError) or not advice:
        return None
    name = what if error.filename is None else str(error.filename)
    return ResourceError(f"{name} cannot be read or written: {error.strerror}.", hint=advice)


def network_file_system(folder: Path) -> str:
    """Return the type of the network file system that a folder is on, as "nfs4"; "" for a local one or an unknown."""
    place, found = folder.resolve(), ("", "")
    with suppress(OSError, ValueError):
        for line in Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines():
            mounted, kind = line.split()[1:3]
            mounted = mounted.replace("\\040", " ")
            if place.is_relative_to(mounted) and len(mounted) >= len(found[0]):
                found = mounted, kind
    return found[1] if _NETWORK.fullmatch(found[1]) else ""


def require_memory(needed: int, what: str) -> None:
    """Raise ResourceError if this process may not have so many bytes more, under the limit on its address space.

    Out of memory, native code ends the process in place of raising an error.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return
    used = 0
    with suppress(OSError, ValueError):  # no Linux
        used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    if limit - used < needed:
        raise ResourceError(
            f"This process may use {limit // MB:,} MB of memory; with {what} it needs {(used + needed) // MB:,} MB.",
            hint=NO_MEMORY,
        )
