"""The floors of the house: a module imports only from lower floors."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "textclean"

#: Modules by floor, lowest first; the longest prefix counts. Rooms on one line may import each
#: other only inside one package (``kernels``, ``io``, one stage's own modules).
FLOORS = [
    ("version", "errors", "document", "locks", "garbage"),
    ("edits", "elements"),
    ("kernels",),
    ("stage",),
    ("dedup",),
    ("stages.shown", "stages.embeds.tables"),
    ("stages.embeds.shortcodes",),
    (
        "stages.mojibake",
        "stages.embeds",
        "stages.markup",
        "stages.repetition",
        "stages.language",
        "stages.duplicates",
        "stages.line_breaks",
        "stages",
    ),
    ("recipe", "diff"),
    ("survey",),
    ("report",),
    ("pipeline",),
    ("pages",),
    ("adapters",),
    ("io",),
    ("engines",),
    ("bench",),
    ("cli",),
    ("__main__", ""),
]


def room_of(module: str) -> tuple[int, str]:
    """Return floor and room of a module named without its ``textclean.``."""
    rooms = [(floor, room) for floor, names in enumerate(FLOORS) for room in names]
    fitting = [
        (floor, room)
        for floor, room in rooms
        if module == room or (room and module.startswith(room + "."))
    ]
    return max(fitting, key=lambda pair: len(pair[1]))


def imports_of(path: Path) -> set[str]:
    """Return the textclean modules a file imports anywhere, without their ``textclean.``."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "textclean":
                found.add(existing_module(name.split(".")[1:]))
    return found


def existing_module(parts: list[str]) -> str:
    """Return the longest leading part of a dotted name that is a module of the package."""
    while parts:
        path = PACKAGE.joinpath(*parts)
        if path.is_dir() or path.with_suffix(".py").is_file():
            return ".".join(parts)
        parts = parts[:-1]
    return ""


def module_name(path: Path) -> str:
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=module_name)
def test_module_imports_only_from_lower_floors(path):
    floor, room = room_of(module_name(path))
    for imported in imports_of(path):
        its_floor, its_room = room_of(imported)
        assert its_floor < floor or its_room == room, (
            f"{module_name(path)} (floor {floor}) imports {imported} (floor {its_floor})"
        )


def test_only_kernels_import_numba():
    for path in PACKAGE.rglob("*.py"):
        if "kernels" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not any(name.split(".")[0] == "numba" for name in names), path


def test_files_stay_short():
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert not long
