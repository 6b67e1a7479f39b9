"""A plain kernel neither returns an array nor takes one from a kernel that does.

Nobody counts in it who holds an array (``kernels/jit.py``): one that it returned would be freed
while its caller reads it, and one that another kernel gave it would never be freed. To make an
array in one is refused by the compiler itself. The source is searched: such a fault seldom shows.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

KERNELS = Path(__file__).parent.parent / "textclean" / "kernels"
SCALARS = {"int", "float", "bool", "None", "Unsigned"}


def kernels_in(source: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield all kernels of a module, each with the name of its decorator."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if ast.unparse(decorator) in {"kernel", "allocating_kernel"}:
                    yield ast.unparse(decorator), node


def returns_arrays(function: ast.FunctionDef) -> bool:
    """Whether a kernel returns anything but numbers, as far as its annotation tells."""
    returned = function.returns
    if isinstance(returned, ast.Subscript) and ast.unparse(returned.value) == "tuple":
        parts = returned.slice.elts if isinstance(returned.slice, ast.Tuple) else [returned.slice]
    else:
        parts = [returned] if returned else [ast.Name("nothing")]
    return any(ast.unparse(part) not in SCALARS for part in parts)


def held_arrays(source: str, makers: set[str]) -> Iterator[str]:
    """Yield the plain kernels of a module that return an array or call what returns one."""
    for decorator, function in kernels_in(source):
        if decorator != "kernel":
            continue
        if returns_arrays(function):
            yield f"{function.name} returns an array"
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in makers:
                yield f"{function.name} takes an array from {ast.unparse(node.func)}"


MODULES = sorted(KERNELS.glob("*.py"))
MAKERS = {
    function.name
    for module in MODULES
    for _, function in kernels_in(module.read_text())
    if returns_arrays(function)
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_plain_kernels_hold_no_arrays_but_their_callers(module: Path) -> None:
    assert list(held_arrays(module.read_text(), MAKERS)) == []


@pytest.mark.parametrize(
    "body",
    [
        "def one(a: Bytes) -> Bytes:\n    return a",
        "def one(a: Bytes) -> tuple[int, Bytes]:\n    return 1, a",
        "def one(a: Bytes) -> Cut:\n    return Cut(a)",
        "def one(a: Bytes):\n    return a",
        "def one(a: Bytes) -> int:\n    return len(cut_lines(a))",
    ],
)
def test_the_search_finds_what_it_looks_for(body: str) -> None:
    assert "cut_lines" in MAKERS
    assert list(held_arrays(f"@kernel\n{body}", MAKERS))
    assert not list(held_arrays(f"@allocating_kernel\n{body}", MAKERS))
    assert not list(held_arrays("@kernel\ndef one(a: Bytes) -> tuple[int, bool]: ...", MAKERS))
