"""How often Python looks for objects that hold each other and nobody else holds.

What the command makes goes as soon as nobody holds it; of the rest there is little. Python looks
for it after every 700 objects and takes a tenth of the time of a run, most of it for those that
loading has made, which stay.
"""

import gc

#: After how many new objects it looks among those; how many such looks later among the older ones.
NEW_OBJECTS, NEW_LOOKS, OLD_LOOKS = 50_000, 20, 50


def look_seldom() -> None:
    """Make it seldom, in a process of our own: who calls us from his decides for himself."""
    gc.set_threshold(NEW_OBJECTS, NEW_LOOKS, OLD_LOOKS)
