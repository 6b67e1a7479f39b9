"""textclean inside the frameworks that people's pipelines run on; thin, one module for each.

Each imports its framework when it is itself imported, and nothing here is loaded by ``import
textclean``. What compares texts with one another (``duplicates``) needs all of them in order: it
works where a module sees a whole column or data set (``arrow``, ``huggingface``), and is left out
where a framework hands over one batch among many.
"""
