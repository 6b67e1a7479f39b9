"""``--engine ray``: what goes with it, told before anything is read or made."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from textclean.errors import MissingExtraError, UsageError
from textclean.io.sources import Source
from textclean.recipe import Recipe

if TYPE_CHECKING:
    from textclean.engines.ray import RayRun


def ray_run_of(options: dict[str, Any]) -> "RayRun | None":
    """Return how a run uses Ray; None when it takes place here.

    Raises:
        UsageError: An address, but another engine; or an address that is none, or of a cluster
            whose processes are not for this run to count.
        MissingExtraError: Ray is not installed.
    """
    address, workers = options["ray_address"], options["workers"]
    if options["engine"] != "ray":
        if address is not None:
            message = "--ray-address goes with --engine ray"
            raise UsageError(message)
        return None
    if address is not None and not address.strip():
        message = "--ray-address is empty; leave it out for a cluster on this machine"
        raise UsageError(message)
    if address is not None and workers is not None:
        message = (
            "--workers is for a cluster on this machine; one at --ray-address has the cores of its"
            " nodes: leave either out"
        )
        raise UsageError(message)
    if find_spec("ray") is None:
        raise MissingExtraError(extra="ray", need="--engine ray needs Ray")
    from textclean.engines.ray import RayRun

    return RayRun(address, workers)


def refuse_local_only(recipe: Recipe, options: dict[str, Any]) -> None:
    """Refuse settings that need one machine."""
    if options["index"] is not None:
        message = (
            "--engine ray has no --index: give the earlier articles as inputs before the new ones,"
            " or look the cluster's output up on one machine (--index DIR --stages duplicates)"
        )
        raise UsageError(message)
    if recipe.measure != "jaccard":
        message = "--engine ray decides by Jaccard; --measure containment runs on one machine"
        raise UsageError(message)


def refuse_for_ray(sources: Sequence[Source], options: dict[str, Any]) -> None:
    """Refuse what a run on many machines cannot do, before anything is started."""
    if any(source.stamp is None and source.url is None for source in sources):
        message = "--engine ray reads files and URLs, which every node can reach, not a stream"
        raise UsageError(message)
    if options["resume"]:
        message = "--resume is for runs on one machine; lost tasks of a Ray run are done again"
        raise UsageError(message)
