"""What an object knows of itself when it is first asked."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Lazy(Generic[T]):
    """A value that is found when first asked for, and kept in the object.

    As ``functools.cached_property`` is, but for its lock, which takes as long as finding some of
    them does.

    >>> class Line:
    ...     @Lazy
    ...     def size(self):
    ...         print("counting")
    ...         return 3
    >>> line = Line()
    >>> line.size + line.size
    counting
    6
    """

    def __init__(self, find: Callable[[Any], T]) -> None:
        """Know how the value is found."""
        self._find = find
        self.__doc__ = find.__doc__
        self._name = find.__name__

    def __get__(self, owner: Any, kind: type) -> T:
        """Find the value; where it is kept, nobody asks."""
        found = owner.__dict__[self._name] = self._find(owner)
        return found
