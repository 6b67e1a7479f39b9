"""Recipes: the settings from which a pipeline is built, as one frozen value.

Each field is a flag of the command and a key of the TOML file, under the same name with
hyphens; its help text stands here once. Nothing in a recipe names an output.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from textclean.dedup.presets import PRESETS
from textclean.errors import RecipeError
from textclean.stage import Stage
from textclean.stages.embeds import MODES, Mode
from textclean.stages.language.detectors import DETECTORS

#: The default order; ``language`` joins before ``duplicates`` when a language option is given.
DEFAULT_STAGES = ("mojibake", "embeds", "markup", "repetition", "duplicates")
#: The field that ``repetition_score`` writes.
SCORE_FIELD = "repetition_score"
#: The levels of the stage ``repetition``.
REPETITION_LEVELS = ("exact", "near", "runs", "phrase")
#: What can be extracted from pages, and nothing.
EXTRACTIONS = ("", "main")
MAXIMUM_SHINGLE_SIZE = 1_000
#: What texts are compared by.
MEASURES = ("jaccard", "containment")
#: The values of the fields that take one of a few.
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "embeds": MODES,
        "extract": tuple(filter(None, EXTRACTIONS)),
        "measure": MEASURES,
        "detector": DETECTORS,
    }
)
STAGE_NAMES = ("mojibake", "embeds", "markup", "repetition", "language", "duplicates")


def _setting(default: Any, explanation: str) -> Any:
    return field(default=default, metadata={"help": explanation})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The settings of a pipeline.

    >>> Recipe(threshold=0.7).skip
    ()
    """

    stages: tuple[str, ...] = _setting(DEFAULT_STAGES, "Stages, in order.")
    skip: tuple[str, ...] = _setting((), "Stages to leave out of the list.")
    text_field: str = _setting("text", "Field of a record that holds the text.")
    id_field: str = _setting("id", "Field that holds the id; without one: SOURCE:LINE.")
    extract: str = _setting(
        "", "Of whole pages keep only the main text, as trafilatura finds it: main."
    )
    keep_nbsp: bool = _setting(default=False, explanation="Leave every NO-BREAK SPACE as it is.")
    characters: tuple[str, ...] = _setting(
        (), "Also plain characters for: ligatures, width, quotes, line-breaks, surrogates."
    )
    embeds: Mode = _setting(  # noqa: RUF009 - a field, behind an alias that hides it
        "remove",
        "Posts: remove, attribution (their words stay), or tag (a tag in their place).",
    )
    repetition: tuple[str, ...] = _setting(
        REPETITION_LEVELS, "Levels of repetition that collapse: exact, near, runs, phrase."
    )
    repetition_score: bool = _setting(
        default=False, explanation="Add the field 'repetition_score' (JSON Lines)."
    )
    drop_stuffed_above: float = _setting(
        1.0, "Drop a text of which a larger share than this is repetition, instead of collapsing."
    )
    threshold: float = _setting(
        0.8, "Jaccard at and above which an article is a near-duplicate (above 0, to 1)."
    )
    shingle_size: int = _setting(5, "Tokens in a shingle.")
    measure: str = _setting(
        "jaccard", "Similarity: jaccard, or containment (the part of a text that another holds)."
    )
    language: tuple[str, ...] = _setting((), "Keep only these languages (BCP 47).")
    detect_language: bool = _setting(default=False, explanation="Add the field 'language'.")
    detector: str = _setting(
        "profiles", "How languages are told: profiles, langdetect (the same, slowly), fasttext."
    )
    max_record_bytes: int = _setting(256 * 2**20, "Largest record accepted, in bytes.")

    def __post_init__(self) -> None:
        for setting in fields(self):
            _check_type(setting.name, getattr(self, setting.name), setting.default)
        for key in ("stages", "skip"):
            for name in getattr(self, key):
                if name not in STAGE_NAMES:
                    raise RecipeError(did_you_mean(f"{key}: no stage", name, STAGE_NAMES))
        if len(set(self.stages)) < len(self.stages):
            message = f"stages: a stage is named twice in {','.join(self.stages)}"
            raise RecipeError(message)
        if not 0 < self.threshold <= 1:
            message = f"threshold must be above 0 and at most 1, not {self.threshold}"
            raise RecipeError(message)
        if not 0 <= self.drop_stuffed_above <= 1:
            message = f"drop-stuffed-above must be 0 to 1, not {self.drop_stuffed_above}"
            raise RecipeError(message)
        for key, maximum in (("shingle_size", MAXIMUM_SHINGLE_SIZE), ("max_record_bytes", 2**40)):
            if not 1 <= getattr(self, key) <= maximum:
                message = f"{flag_name(key)} must be at least 1 and at most {maximum:,}"
                raise RecipeError(message)
        self._check_choices()
        self._check_fields()
        self._check_order()

    def _check_choices(self) -> None:
        if self.embeds not in MODES:
            raise RecipeError(did_you_mean("embeds: no mode", self.embeds, MODES))
        for level in self.repetition:
            if level not in REPETITION_LEVELS:
                raise RecipeError(did_you_mean("repetition: no level", level, REPETITION_LEVELS))
        if self.measure not in MEASURES:
            raise RecipeError(did_you_mean("measure: no measure", self.measure, MEASURES))
        if self.detector not in DETECTORS:
            raise RecipeError(did_you_mean("detector: no detector", self.detector, DETECTORS))
        if self.extract not in EXTRACTIONS:
            message = f"extract must be 'main', or nothing, not {self.extract!r}"
            raise RecipeError(message)

    def _check_order(self) -> None:
        """Refuse to drop a record after it became the survivor of others: all copies would go."""
        names = stage_names(self)
        later = names[names.index("duplicates") :] if "duplicates" in names else ()
        for name, key, drops in (
            ("language", "language", bool(self.language)),
            ("repetition", "drop_stuffed_above", self.drop_stuffed_above < 1),
        ):
            if drops and name in later:
                message = (
                    f"stages: {name} drops records ({flag_name(key)}) and must come before"
                    " duplicates: a text dropped behind it would take its copies along"
                )
                raise RecipeError(message)

    def _check_fields(self) -> None:
        if "repetition" not in stage_names(self):
            for key in ("repetition_score", "drop_stuffed_above"):
                if getattr(self, key) != self.__dataclass_fields__[key].default:
                    message = f"{flag_name(key)} needs the stage repetition, which does not run"
                    raise RecipeError(message)
        for key in ("text_field", "id_field"):
            if not getattr(self, key):
                message = f"{flag_name(key)} must not be empty"
                raise RecipeError(message)
        if self.text_field == self.id_field:
            message = f"text-field and id-field are both {self.text_field!r}"
            raise RecipeError(message)
        for key, name in (("detect_language", "language"), ("repetition_score", SCORE_FIELD)):
            if getattr(self, key) and name in {self.text_field, self.id_field}:
                message = (
                    f"{flag_name(key)} writes the field {name!r}, which is the text or the id here"
                )
                raise RecipeError(message)


def flag_name(key: str) -> str:
    """Return the name of a field as flags and recipe files write it.

    >>> flag_name("shingle_size")
    'shingle-size'
    """
    return key.replace("_", "-")


def settings_from_toml(path: Path) -> dict[str, Any]:
    """Read a recipe file: the fields it sets, by field name.

    Raises:
        RecipeError: Not TOML, an unknown key, or a value of the wrong type.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # tomllib lets both of these out
        message = f"recipe {path} is no valid TOML: {error}"
        raise RecipeError(message) from error
    defaults = {flag_name(f.name): f for f in fields(Recipe)}
    settings: dict[str, Any] = {}
    for key, value in table.items():
        if key == "preset":
            settings[key] = _preset_name(value, f"recipe {path}: ")
            continue
        if key not in defaults:
            raise RecipeError(did_you_mean(f"recipe {path}: no key", key, (*defaults, "preset")))
        settings[defaults[key].name] = _checked(path, key, value, defaults[key].default)
    return settings


def toml_from_recipe(recipe: Recipe) -> str:
    """Write a recipe as TOML, each key with its explanation.

    >>> print(toml_from_recipe(Recipe()).splitlines()[1])
    stages = ["mojibake", "embeds", "markup", "repetition", "duplicates"]
    """
    lines = []
    for setting in fields(recipe):
        lines += [f"# {setting.metadata['help']}", recipe_line(recipe, setting.name), ""]
    return "\n".join(lines)


def recipe_line(recipe: Recipe, name: str) -> str:
    """Return the line of a recipe file that sets one field.

    >>> recipe_line(Recipe(repetition=("exact", "runs")), "repetition")
    'repetition = ["exact", "runs"]'
    """
    return f"{flag_name(name)} = {_toml(getattr(recipe, name))}"


def build_stages(recipe: Recipe) -> list[Stage]:
    """Expand the names of a recipe into stages.

    ``embeds`` stands on both sides of ``markup`` (posts as elements before, flattened posts
    after), and ``mojibake`` looks again at a text whose entities ``markup`` has decoded, and at one
    whose posts are gone: their ``â`` may have spoken for a ``Â`` of the article. Extraction comes
    first, but for posts as elements: without them nothing of a post gets into the main text.
    """
    return [*_extraction(recipe), *_expand(stage_names(recipe), recipe)]


def stage_names(recipe: Recipe) -> tuple[str, ...]:
    """Return the stages that will run, by name.

    >>> stage_names(Recipe(skip=("embeds",), detect_language=True))
    ('mojibake', 'markup', 'repetition', 'language', 'duplicates')
    """
    names = list(recipe.stages)
    if (recipe.language or recipe.detect_language) and "language" not in names:
        at = names.index("duplicates") if "duplicates" in names else len(names)
        names.insert(at, "language")
    return tuple(name for name in names if name not in recipe.skip)


def _expand(names: tuple[str, ...], recipe: Recipe) -> Iterator[Stage]:
    for number, name in enumerate(names):
        if name == "embeds":
            yield _embeds("elements", recipe)
            if "markup" not in names[number:]:
                yield _embeds("flattened", recipe)
            continue
        yield _build(name, recipe)
        if name == "markup":
            looks_again = "mojibake" in names[:number]
            if looks_again:
                yield _build("mojibake", recipe)
            if "embeds" in names[:number]:
                yield _embeds("flattened", recipe)
                if looks_again:
                    yield _build("mojibake", recipe)


def _extraction(recipe: Recipe) -> Iterator[Stage]:
    if recipe.extract == "main":
        from textclean.stages.markup.extract import ExtractMain

        if "embeds" in stage_names(recipe):
            yield _embeds("elements", recipe)
        yield ExtractMain()


def _embeds(form: Literal["elements", "flattened"], recipe: Recipe) -> Stage:
    from textclean.stages.embeds import StripEmbeds

    return StripEmbeds(form=form, mode=recipe.embeds)


def _build(name: str, recipe: Recipe) -> Stage:
    """Build one stage; imports only that stage's module."""
    if name == "mojibake":
        from textclean.stages.mojibake import RepairMojibake

        return RepairMojibake(keep_nbsp=recipe.keep_nbsp, characters=recipe.characters)
    if name == "markup":
        from textclean.stages.markup import StripMarkup

        return StripMarkup()
    if name == "repetition":
        from textclean.stages.repetition import CollapseRepetition

        return CollapseRepetition(recipe.repetition, recipe.drop_stuffed_above)
    if name == "language":
        from textclean.stages.language import DetectLanguage

        return DetectLanguage(keep=recipe.language, detector=recipe.detector)
    from textclean.stages.duplicates import DropNearDuplicates

    measure: Any = recipe.measure  # one of MEASURES
    return DropNearDuplicates(recipe.threshold, recipe.shingle_size, measure)


def did_you_mean(what: str, name: str, known: Sequence[str]) -> str:
    """Return that a name is unknown, and the nearest known one, or all.

    >>> did_you_mean("no stage", "marckup", STAGE_NAMES)
    "no stage 'marckup'; did you mean 'markup'?"
    """
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
    return f"{what} {name!r}; {hint}"


def _checked(path: Path, key: str, value: Any, default: Any) -> Any:
    """Return a TOML value as the field's type, or refuse it."""
    if isinstance(default, tuple) and isinstance(value, list):
        value = tuple(value)
    if isinstance(default, float) and type(value) is int and abs(value) < MAXIMUM_SHINGLE_SIZE:
        value = float(value)
    try:
        _check_type(key, value, default)
    except RecipeError as error:
        message = f"recipe {path}: {error}"
        raise RecipeError(message) from None
    return value


def _check_type(key: str, value: Any, default: Any) -> None:
    """Refuse a value of another type than the field's; a float field takes an int."""
    if isinstance(default, tuple):
        if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
            return
        expected = "a list of strings"
    elif isinstance(default, float):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return
        expected = "a number"
    else:
        if type(value) is type(default):
            return
        expected = {bool: "true or false", int: "a whole number", str: "a string"}[type(default)]
    message = f"{flag_name(key)} must be {expected}, not {value!r:.80}"
    raise RecipeError(message)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        import json

        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def recipe_from_settings(*layers: Mapping[str, Any]) -> Recipe:
    """Merge layers of settings, later ones first in force, into a recipe.

    ``preset`` stands for settings of near-duplicates, which any other setting overrides.

    >>> recipe_from_settings({"preset": "fineweb"}, {"shingle_size": 7}).threshold
    0.75

    Raises:
        RecipeError: A setting is unusable, or there is no such preset.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        merged.update(layer)
    if (name := merged.pop("preset", None)) is not None:
        merged = {**PRESETS[_preset_name(name)].settings, **merged}
    return Recipe(**merged)


def _preset_name(value: Any, place: str = "") -> str:
    if not isinstance(value, str) or value not in PRESETS:
        raise RecipeError(did_you_mean(f"{place}no preset", str(value)[:80], tuple(PRESETS)))
    return value
