"""What a process of the tests does once, whatever number of commands it runs: reading the shipped
rules, parsing a text of YAML, and making commands of our functions.
"""

from __future__ import annotations

import os
from functools import cache, lru_cache

import typer

from adaptadvisor.cli import app
from adaptadvisor.cli.team import Team
from adaptadvisor.errors import BadInput, Location, Problem
from adaptadvisor.reading import nodes, shipped, tables
from adaptadvisor.table.rows import Table

RULES = shipped.shipped_rules()
_SHIPPED = f"{RULES}{os.sep}"


def install() -> None:
    """From now on each is done once."""
    # Reading YAML is most of what a command costs. Each text is parsed once in a process, also where a
    # table extends the shipped rules or is a copy with one file changed: what is read is immutable.
    tables.read_table = lambda folder: loaded() if folder == RULES else _read(folder)
    nodes.parse = _parse_once
    shipped._unpickled = lambda folder: _ready() if folder == RULES else None
    # What Typer makes of our commands is a third of the rest.
    app.build, app.get_command = _built_once, _commands_once


_read, _parse, _unpickled = tables.read_table, nodes.parse, shipped._unpickled


@cache
def _ready() -> Table:
    """The shipped table, from a pickle if there is one."""
    return _unpickled(RULES) or loaded().table


@cache
def loaded() -> tables.Loaded:
    """The shipped rules, as `read_table` reads them."""
    return _read(RULES)


@lru_cache(maxsize=256)
def _in_order(text: str) -> nodes.Node | None:
    """The document in a text; None where something is wrong with it."""
    problems: list[Problem] = []
    try:
        node = _parse(text, "", problems)
    except BadInput:
        return None
    return None if problems else node


def _parse_once(text: str, file: str, problems: list[Problem]) -> nodes.Node:
    # other names, other rules; and what is as large as this is read once anyhow, most often in vain
    known = file.endswith(".yaml") and len(text) < 400_000
    node = _placed(text, file) if known else None
    return _parse(text, file, problems) if node is None else node


def _placed(text: str, file: str) -> nodes.Node | None:
    return (_placed_for_good if file.startswith(_SHIPPED) else _placed_of_late)(text, file)


@cache
def _placed_for_good(text: str, file: str) -> nodes.Node | None:
    return _placed_now(text, file)


@lru_cache(maxsize=128)
def _placed_of_late(text: str, file: str) -> nodes.Node | None:
    return _placed_now(text, file)


def _placed_now(text: str, file: str) -> nodes.Node | None:
    node = _in_order(text)
    return None if node is None else _in_file(node, file)


def _in_file(node: nodes.Node, file: str) -> nodes.Node:
    made, kind = tuple.__new__, type(node)  # there are a hundred thousand nodes
    place = Location(file, node.location.line, node.location.column)
    if kind is nodes.Scalar:
        return made(kind, (node.text, node.plain, place))
    if kind is nodes.Sequence:
        return made(kind, (tuple([_in_file(item, file) for item in node.items]), place))
    parts = [(_in_file(key, file), _in_file(value, file)) for key, value in node.entries]
    return made(kind, (tuple(parts), place))


_build, _commands_once = app.build, cache(app.get_command)
_BUILT: dict[tuple[str | int, str | None], tuple[typer.Typer, Team, Table | None]] = {}


def _built_once(
    table: Table | None, called: str | None = None, team: Team | None = None
) -> typer.Typer:
    """The app for a table and a command; the team in it is the one of the present call."""
    alone = called in {*app._ON_FACTS, *app._OTHERS, "help"}
    key = (table.digest or id(table) if table else 0), called if alone else None
    if key not in _BUILT:
        if len(_BUILT) >= 64:
            _BUILT.clear()
        now = Team()
        _BUILT[key] = _build(table, called, now), now, table
    built, now, _ = _BUILT[key]
    now.__dict__ = (team or Team()).__dict__
    return built
