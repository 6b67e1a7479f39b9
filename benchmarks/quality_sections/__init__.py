"""What ``quality.py`` measures: one module for each kind of dirt.

A measure is a function from a folder of labelled data to figures. It names the sets it needs; a set
that is absent skips the measure, with a line that says so.
"""
