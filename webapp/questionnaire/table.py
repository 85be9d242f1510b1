"""A strict reader of TOML tables: every value is checked, and every mistake is named by file and place."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import is_dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from webapp.questionnaire.model import Text

PLACEHOLDERS = ("emergency", "crisis")

_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")

T = TypeVar("T")


class ContentError(ValueError):
    """A content file cannot be used. `mistakes` names each one: file, place, what is wrong, what was expected."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


@contextmanager
def reading(path: Path) -> Iterator["Table"]:
    """Hand out the root table of a TOML file.

    Raises `ContentError` when the file cannot be read or is not TOML, and in the end with every mistake found in it.
    """
    try:
        content = path.read_bytes()
        root = Table(str(path), "", tomllib.loads(content.decode("utf-8-sig")), [])
    except OSError as error:
        raise ContentError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError as error:
        raise ContentError([f"{path}: byte {error.start} is not UTF-8"]) from None
    except (ValueError, RecursionError) as error:
        raise ContentError([f"{path}: this is not TOML: {error}"]) from None
    root.checksum = hashlib.sha256(content).hexdigest()
    yield root
    root.close()
    if root.mistakes:
        raise ContentError(root.mistakes)


class Table:
    """One TOML table: hands out its values by key, checks each, and writes down what is wrong and where."""

    checksum = ""
    """Of a root table: the SHA-256 of the bytes that were read, in hexadecimal."""

    def __init__(self, file: str, place: str, table: object, mistakes: list[str]) -> None:
        self.file, self.place, self.mistakes = file, place, mistakes
        self.rest: dict[str, Any] = {}
        if isinstance(table, dict):
            self.rest = dict(table)
        else:
            self.wrong("", f"expected a table, found {table!r}")

    def at(self, key: str) -> str:
        """Return the place of a key in the file; that of this table when the key is empty."""
        return ".".join(filter(None, (self.place, key)))

    def wrong(self, key: str, message: str) -> None:
        """Write down a mistake at a key of this table, or at the table itself when the key is empty."""
        self.mistakes.append(": ".join(filter(None, (self.file, self.at(key), message))))

    def take(self, key: str, kind: type[T], named: str, default: T, *, is_needed: bool = False) -> T:
        if is_needed and key not in self.rest:
            self.wrong(key, f"is missing; expected {named}")
        value = self.rest.pop(key, default)
        if type(value) is kind or value is default:
            return value
        self.wrong(key, f"expected {named}, found {value!r}")
        return default

    def words(self, key: str) -> str:
        is_text = isinstance(self.rest.get(key), str)
        value = self.take(key, str, "a text", "", is_needed=True)
        if is_text and not value.strip():
            self.wrong(key, "is empty; expected a text")
        return value

    def text(self, key: str) -> Text:
        value = self.words(key)
        if re.search(r"[<>]", value):
            self.wrong(key, "has '<' or '>'; texts are plain words, without markup")
        for placeholder in re.findall(r"\{.*?\}|[{}]", value):
            if placeholder[1:-1] not in PLACEHOLDERS:
                self.wrong(key, f"{placeholder!r} is no placeholder; known: {listed(PLACEHOLDERS)}")
        return Text(self.at(key), value)

    def number(self, key: str) -> int:
        value = self.take(key, int, "a whole number", 0)
        if value < 0:
            self.wrong(key, f"expected a whole number from 0, found {value}")
        return value

    def known(self, key: str, what: str, names: Iterable[str]) -> str:
        value = self.words(key)
        self.check_known(key, value, what, names)
        return value

    def optional_known(self, key: str, what: str, names: Iterable[str]) -> str | None:
        return self.known(key, what, names) if key in self.rest else None

    def check_known(self, key: str, value: str | None, what: str, names: Iterable[str]) -> None:
        """Write down a value that is not among these names; none at all is no mistake here."""
        if value and value not in (names := tuple(names)):
            self.wrong(key, f"{value!r} is no {what}; known: {listed(names)}")

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list, "a list of strings", [])
        for value in values:
            if type(value) is not str or not value.strip():
                self.wrong(key, f"expected a list of strings, found {value!r} in it")
        for value in dict.fromkeys(value for value in values if values.count(value) > 1):
            self.wrong(key, f"{value!r} is there twice")
        return tuple(value for value in values if type(value) is str)

    def table(self, key: str) -> "Table":
        if key not in self.rest:
            self.wrong(key, "is missing; expected a table")
        return Table(self.file, self.at(key), self.rest.pop(key, {}), self.mistakes)

    def tables(
        self, key: str | None, read: Callable[["Table", str], T], names: re.Pattern[str] = _ID
    ) -> Mapping[str, T]:
        """Read every table below a key (or below this table itself), by its name."""
        parent = self if key is None else self.table(key)
        found = {}
        for name in list(parent.rest):
            if not names.fullmatch(name):
                parent.wrong(name, f"{name!r} is no id; expected the form {names.pattern}")
            child = parent.table(name)
            found[name] = read(child, name)
            child.close()
        return MappingProxyType(found)

    def each(self, key: str, read: Callable[["Table"], T]) -> tuple[T, ...]:
        """Read every table of a list, which may be missing."""
        found = []
        for number, entry in enumerate(self.take(key, list, "a list of tables", []), 1):
            child = Table(self.file, self.at(f"{key} {number}"), entry, self.mistakes)
            found.append(read(child))
            child.close()
        return tuple(found)

    def texts(self, key: str) -> Mapping[str, Text]:
        parent = self.table(key)
        if not parent.rest:
            parent.wrong("", "is empty; expected at least one text")
        return MappingProxyType({name: parent.text(name) for name in list(parent.rest)})

    def fill(self, kind: Callable[..., T], /, **given: Any) -> T:
        """Return a value of a dataclass: of what is given, and of the keys that are named and typed like its fields.

        Its `id` is the name of this table. What may be None may be left out, and so may numbers, lists and flags.
        """
        own = {key: self._value(key, hint) for key, hint in _hints(kind).items() if key not in given}
        return kind(**given, **own)

    def _value(self, key: str, hint: Any) -> Any:
        of = get_args(hint)
        if NoneType in of:
            return self._value(key, of[0]) if key in self.rest else None
        if key == "id":
            return self.place.rpartition(".")[2]
        if hint in _READ:
            return _READ[hint](self, key)
        if get_origin(hint) is Annotated:
            return self._judged(key, of[0], of[1]) if callable(of[1]) else self.known(key, of[1], get_args(of[0]))
        if get_origin(hint) is Mapping and is_dataclass(of[1]):
            return self.tables(key, lambda table, _: table.fill(of[1]))
        if get_origin(hint) is Mapping:
            own = self.table(key)
            return MappingProxyType({name: own._value(name, of[1]) for name in list(own.rest)})
        if get_origin(hint) is tuple:
            return self.each(key, lambda table: table.fill(of[0]))
        table = self.table(key)
        value = table.fill(hint)
        table.close()
        return value

    def _judged(self, key: str, hint: Any, mistake_in: Callable[[str], str | None]) -> Any:
        value = self._value(key, hint)
        for one in (value,) if isinstance(value, str) else value:
            if one and (why_not := mistake_in(one)):
                self.wrong(key, why_not)
        return value

    def close(self) -> None:
        """Write down every key that nobody asked for."""
        for key in self.rest:
            self.wrong(key, "is not known here")
        self.rest.clear()


def listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


_READ: Mapping[Any, Callable[[Table, str], Any]] = {
    Text: Table.text,
    str: Table.words,
    int: Table.number,
    bool: lambda table, key: table.take(key, bool, "true or false", False),
    date: lambda table, key: table.take(key, date, "a date such as 2026-11-22", date.min, is_needed=True),
    tuple[str, ...]: Table.strings,
    Mapping[str, Text]: Table.texts,
}
"""How a field is read, by its type. A choice of words is annotated with what such a word is called; words of any other
kind, with a function that says why they will not do."""

_hints = cache(partial(get_type_hints, include_extras=True))
