"""Names in a store: jobs and triggers have a name in a group, and groups can be matched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from .errors import InvalidKeyError, PyQuartzError

DEFAULT_GROUP = "DEFAULT"
_UNSOUND = re.compile("[\0\ud800-\udfff]")


def check_text(text: str, what: str, error: type[PyQuartzError]) -> None:
    """Refuse a text that some store can't take, or that can't be found or printed again."""
    if _UNSOUND.search(text):
        raise error(f"{what}, {text!r}, has NUL or half a surrogate pair in it: no store takes it")


@dataclass(frozen=True, order=True, init=False)
class Key:
    """A name in a group; Quartz's Key. Two keys of different kinds are never equal."""

    name: str
    group: str = DEFAULT_GROUP

    def __init__(self, name: str, group: str = DEFAULT_GROUP) -> None:
        if not isinstance(name, str) or not name:
            raise InvalidKeyError(f"a key needs a name, a string that is not empty: {name!r}")
        if not isinstance(group, str) or not group:
            raise InvalidKeyError(f"a key's group is a string that is not empty: {group!r}")
        # Each job has two: what a dataclass makes by itself takes twice as long.
        fields = self.__dict__
        fields["name"] = name
        fields["group"] = group

    def __str__(self) -> str:
        return f"{self.group}.{self.name}"


@dataclass(frozen=True, order=True, init=False)
class JobKey(Key):
    """The key of a job; Quartz's JobKey. A plain string is a name in the group DEFAULT."""

    __str__ = Key.__str__


@dataclass(frozen=True, order=True, init=False)
class TriggerKey(Key):
    """The key of a trigger; Quartz's TriggerKey. A plain string is a name in the group DEFAULT."""

    __str__ = Key.__str__


NameOperator = Literal["equals", "starts_with", "ends_with", "contains"]
Operator = Literal[NameOperator, "anything"]


class Matcher:
    """Says which keys are meant; ``&``, ``|`` and ``~`` make others of it."""

    def __and__(self, other: Matcher) -> Matcher:
        return Combined("and", (self, other))

    def __or__(self, other: Matcher) -> Matcher:
        return Combined("or", (self, other))

    def __invert__(self) -> Matcher:
        return Combined("not", (self,))


@dataclass(frozen=True)
class Combined(Matcher):
    """Matchers joined; Quartz's AndMatcher, OrMatcher and NotMatcher."""

    how: Literal["and", "or", "not"]
    of: tuple[Matcher, ...]


@dataclass(frozen=True)
class Group(Matcher):
    """All triggers, or all jobs, whose group matches; Quartz's GroupMatcher.

    ``Group("billing")`` is the group of that very name, ``Group.starts_with("bill")`` are all whose
    names begin so. ``kind`` says whose groups are meant, where that isn't clear already: the groups
    of triggers (as in Quartz's paused groups) unless it is ``"job"``.
    """

    value: str
    operator: Operator = "equals"
    kind: Literal["trigger", "job"] = "trigger"

    def __post_init__(self) -> None:
        _check_matcher(self, self.operator, get_args(Operator))
        if self.kind not in ("trigger", "job"):
            raise InvalidKeyError(f"kind={self.kind!r} is neither 'trigger' nor 'job'")

    @classmethod
    def any(cls, kind: Literal["trigger", "job"] = "trigger") -> Group:
        """Match every group."""
        return cls("", "anything", kind)

    @classmethod
    def starts_with(cls, text: str, kind: Literal["trigger", "job"] = "trigger") -> Group:
        """Match groups whose names start with a text."""
        return cls(text, "starts_with", kind)

    @classmethod
    def ends_with(cls, text: str, kind: Literal["trigger", "job"] = "trigger") -> Group:
        """Match groups whose names end with a text."""
        return cls(text, "ends_with", kind)

    @classmethod
    def contains(cls, text: str, kind: Literal["trigger", "job"] = "trigger") -> Group:
        """Match groups whose names contain a text."""
        return cls(text, "contains", kind)


@dataclass(frozen=True)
class Name(Matcher):
    """All whose name matches, in any group; Quartz's NameMatcher. For listeners only."""

    value: str
    operator: NameOperator = "equals"

    def __post_init__(self) -> None:
        _check_matcher(self, self.operator, get_args(NameOperator))

    @classmethod
    def starts_with(cls, text: str) -> Name:
        """Match names that start with a text."""
        return cls(text, "starts_with")

    @classmethod
    def ends_with(cls, text: str) -> Name:
        """Match names that end with a text."""
        return cls(text, "ends_with")

    @classmethod
    def contains(cls, text: str) -> Name:
        """Match names that contain a text."""
        return cls(text, "contains")


def _check_matcher(matcher: Group | Name, operator: str, known: tuple[str, ...]) -> None:
    if not isinstance(matcher.value, str):
        raise InvalidKeyError(f"{type(matcher).__name__} takes a string, not {matcher.value!r}")
    check_text(matcher.value, type(matcher).__name__, InvalidKeyError)
    if operator not in known:
        raise InvalidKeyError(f"operator={operator!r} is none of {', '.join(map(repr, known))}")


K = TypeVar("K", bound=Key)


def as_key(kind: type[K], value: K | str) -> K:
    """Make a key out of what the user gave: a key of that kind, or a name in the group DEFAULT."""
    key = kind(value) if isinstance(value, str) else value
    if not isinstance(key, kind):
        raise InvalidKeyError(f"expected a {kind.__name__} or a string, not {value!r}")
    # Not where a key is made: what is in a store already must be seen.
    if not (key.name.isprintable() and key.group.isprintable()):
        check_text(key.name, "a key's name", InvalidKeyError)
        check_text(key.group, "a key's group", InvalidKeyError)
    return key
