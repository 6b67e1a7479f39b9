"""Mojibake: text that was decoded with the wrong encoding, repaired where it is damaged.

The heuristics are those of ftfy, applied to the damaged segment only; around them stand the
rules for what ftfy leaves (bytes that are lost) and what it would harm (sound text).
"""

from textclean.stages.mojibake.stage import RepairMojibake

__all__ = ["RepairMojibake"]
