"""Compiled kernels: arrays in, arrays out; they import only NumPy, Numba and each other."""
