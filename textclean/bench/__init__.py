"""What ``textclean bench`` measures on a corpus of the user: speed, memory, and quality.

Quality is measured on dirt that is planted into the corpus itself, so that what is right is known.
"""
