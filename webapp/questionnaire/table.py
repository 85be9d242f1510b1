"""A strict reader of TOML tables: every value is checked, and every mistake is named by file and place."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, TypeVar, get_type_hints

from webapp.questionnaire.model import Text

PLACEHOLDERS = ("emergency", "crisis")

_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")

T = TypeVar("T")


class ContentError(ValueError):
    """A content file cannot be used. `mistakes` names each one: file, place, what is wrong, what was expected."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def parse(file: str, content: bytes, mistakes: list[str]) -> "Table":
    """Return the root table of a TOML file, whose mistakes will be written down in a list.

    Raises `ContentError` when the content is not TOML at all.
    """
    try:
        return Table(file, "", tomllib.loads(content.decode()), mistakes)
    except UnicodeDecodeError as error:
        raise ContentError([f"{file}: byte {error.start} is not UTF-8"]) from None
    except (ValueError, RecursionError) as error:
        raise ContentError([f"{file}: this is not TOML: {error}"]) from None


class Table:
    """One TOML table: hands out its values by key, checks each, and writes down what is wrong and where."""

    def __init__(self, file: str, place: str, table: object, mistakes: list[str]) -> None:
        self.file, self.place, self.mistakes = file, place, mistakes
        self.rest: dict[str, Any] = {}
        if isinstance(table, dict):
            self.rest = dict(table)
        else:
            self.wrong("", f"expected a table, found {table!r}")

    def wrong(self, key: str, message: str) -> None:
        """Write down a mistake at a key of this table, or at the table itself when the key is empty."""
        place = ".".join(filter(None, (self.place, key)))
        self.mistakes.append(f"{self.file}: {place}: {message}" if place else f"{self.file}: {message}")

    def take(self, key: str, kind: type[T], named: str, default: T) -> T:
        value = self.rest.pop(key, default)
        if type(value) is kind or value is default:
            return value
        self.wrong(key, f"expected {named}, found {value!r}")
        return default

    def need(self, key: str, kind: type[T], named: str, default: T) -> T:
        if key not in self.rest:
            self.wrong(key, f"is missing; expected {named}")
        return self.take(key, kind, named, default)

    def words(self, key: str) -> str:
        is_text = isinstance(self.rest.get(key), str)
        value = self.need(key, str, "a text", "")
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
        return Text(f"{self.place}.{key}" if self.place else key, value)

    def number(self, key: str) -> int | None:
        if key not in self.rest:
            return None
        value = self.take(key, int, "a whole number", 0)
        if value < 0:
            self.wrong(key, f"expected a whole number from 0, found {value}")
        return value

    def flag(self, key: str) -> bool:
        return self.take(key, bool, "true or false", False)

    def day(self, key: str) -> date:
        return self.need(key, date, "a date such as 2026-11-22", date.min)

    def known(self, key: str, what: str, names: Iterable[str]) -> str:
        value = self.words(key)
        if value:
            self.check_known(key, value, what, names)
        return value

    def optional_known(self, key: str, what: str, names: Iterable[str]) -> str | None:
        return self.known(key, what, names) if key in self.rest else None

    def check_known(self, key: str, value: str, what: str, names: Iterable[str]) -> None:
        if value not in (names := tuple(names)):
            self.wrong(key, f"{value!r} is no {what}; known: {listed(names)}")

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list, "a list of strings", [])
        for value in values:
            if type(value) is not str or not value.strip():
                self.wrong(key, f"expected a list of strings, found {value!r} in it")
        return tuple(value for value in values if type(value) is str)

    def table(self, key: str) -> "Table":
        place = f"{self.place}.{key}" if self.place else key
        if key not in self.rest:
            self.wrong(key, "is missing; expected a table")
        return Table(self.file, place, self.rest.pop(key, {}), self.mistakes)

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

    def optional_tables(self, key: str, read: Callable[["Table", str], T]) -> Mapping[str, T]:
        return self.tables(key, read) if key in self.rest else MappingProxyType({})

    def texts(self, key: str) -> Mapping[str, Text]:
        parent = self.table(key)
        if not parent.rest:
            parent.wrong("", "is empty; expected at least one text")
        return MappingProxyType({name: parent.text(name) for name in list(parent.rest)})

    def fill(self, kind: Callable[..., T], /, **given: Any) -> T:
        """Return a value of a dataclass: of what is given, and of the keys that are named and typed like its fields.

        What may be None may be left out, and so may a list of strings and what is true or false.
        """
        own = {key: self._value(key, hint) for key, hint in _hints(kind).items() if key not in given}
        return kind(**given, **own)

    def _value(self, key: str, hint: Any) -> Any:
        if isinstance(hint, UnionType):
            return self._value(key, hint.__args__[0]) if key in self.rest else None
        if hint in _READ:
            return _READ[hint](self, key)
        table = self.table(key)
        value = table.fill(hint)
        table.close()
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
    bool: Table.flag,
    date: Table.day,
    tuple[str, ...]: Table.strings,
    Mapping[str, Text]: Table.texts,
}

_hints = cache(get_type_hints)
