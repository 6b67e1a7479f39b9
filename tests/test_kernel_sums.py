"""Kernels count the same compiled and as plain functions: no sum in eight or 32 bits by accident.

The compiler widens what it adds; NumPy's own scalars keep their width, so that a plain kernel that
adds elements of ``uint8`` starts again at 0 after 255. The source is searched, since a test of
values would have to hit each sum with enough items.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

KERNELS = Path(__file__).parent.parent / "textclean" / "kernels"

#: The names of types of kernel parameters whose elements are narrow (``kernels/arrays.py``).
NARROW = {"Bytes", "Words"}
WRAPS = (ast.Add, ast.Sub, ast.Mult, ast.LShift)


def narrow_sums(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the arithmetic of a kernel in whose result a narrow element keeps its width.

    A cast to an unsigned type around it says that it is meant to wrap.
    """
    arrays = {
        argument.arg
        for argument in function.args.args
        if isinstance(argument.annotation, ast.Name) and argument.annotation.id in NARROW
    }
    nodes = list(ast.walk(function))
    scalars = narrow_scalars(nodes, arrays)
    meant = {
        part
        for node in nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("np.uint")
        for part in ast.walk(node)
    }
    for node in nodes:
        if node not in meant and sums_narrow(node, arrays, scalars):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def narrow_scalars(nodes: list[ast.AST], arrays: set[str]) -> set[str]:
    """Return the names that are given narrow elements."""
    scalars: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target, value in pairs(node.targets[0], node.value):
                if isinstance(target, ast.Name) and is_narrow(value, arrays, scalars):
                    scalars.add(target.id)
    return scalars


def sums_narrow(node: ast.AST, arrays: set[str], scalars: set[str]) -> bool:
    """Whether a node adds, subtracts, multiplies or shifts what is narrow."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, WRAPS):
        return isinstance(node.target, ast.Name) and is_narrow(node.value, arrays, scalars)
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, WRAPS)
    return is_sum and is_narrow(node, arrays, scalars)


def is_narrow(node: ast.expr, arrays: set[str], scalars: set[str]) -> bool:
    """Whether a value is an element of a narrow array, or has its width."""
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        return isinstance(node.value, ast.Name) and node.value.id in arrays
    parts: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    is_scalar = isinstance(node, ast.Name) and node.id in scalars
    return is_scalar or any(is_narrow(part, arrays, scalars) for part in parts)


def pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Return which target of an assignment takes which value."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def functions_of(source: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("path", sorted(KERNELS.glob("*.py")), ids=lambda path: path.stem)
def test_no_kernel_adds_narrow_elements(path):
    functions = functions_of(path.read_text(encoding="utf-8"))
    assert [found for function in functions for found in narrow_sums(function)] == []


@pytest.mark.parametrize(
    "line",
    [
        "count += text[n]",
        "count += text[n] >> 7",
        "count += True and text[n]",
        "byte = text[n]; count = byte - 128",
        "byte, other = text[n], 0; count = byte << 8",
        "count = 2 * starts[n]",
    ],
)
def test_the_search_finds(line):
    source = f"def kernel(text: Bytes, starts: Words, n: int) -> int:\n    {line}"
    assert list(narrow_sums(functions_of(source)[0]))


@pytest.mark.parametrize(
    "line",
    [
        "count += int(text[n])",
        "count += text[n] > 7",
        "byte = text[n] & 7; count = int(byte) << 8",
        "count = np.uint32(starts[n] * starts[n])",
        "n += 1",
    ],
)
def test_the_search_leaves(line):
    source = f"def kernel(text: Bytes, starts: Words, n: int) -> int:\n    {line}"
    assert not list(narrow_sums(functions_of(source)[0]))


#: With any of these, even kept machine code loads Numba's module for them, and SciPy with it.
REDUCTIONS = {"min", "max", "sum", "any", "all", "prod", "mean", "argmin", "argmax", "cumsum"}


def reductions(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the calls of a kernel that reduce an array by a method, or by a function of NumPy."""
    names = [each.id for each in function.decorator_list if isinstance(each, ast.Name)]
    for node in ast.walk(function) if {"kernel", "allocating_kernel"} & {*names} else ():
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_method and node.func.attr in REDUCTIONS:
            yield ast.unparse(node)


@pytest.mark.parametrize("path", sorted(KERNELS.glob("*.py")), ids=lambda path: path.stem)
def test_no_kernel_reduces_an_array_by_a_method(path):
    functions = functions_of(path.read_text(encoding="utf-8"))
    assert [found for function in functions for found in reductions(function)] == []


@pytest.mark.parametrize("line", ["times.max()", "np.sum(times)", "times[:, 0].min()"])
def test_the_search_finds_a_method(line):
    source = f"@kernel\ndef most(times: Starts) -> int:\n    return {line}"
    assert list(reductions(functions_of(source)[0])) == [line]
