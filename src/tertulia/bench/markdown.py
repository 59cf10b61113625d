"""Results as Markdown tables: ratios first, what they are ratios of beside them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from tertulia.bench.figures import GENERATOR, Figure
from tertulia.bench.peers import NPM
from tertulia.bench.results import CaseResult, Result, Verdict

_POWERS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_LONGER = {"µs": "ms", "ms": "s"}
NOTHING = "–"
MEASURES = frozenset({NPM.key, "synapse", "redis"})
"""Of which ratios are multiples: of the first of them that takes part."""


def number(value: float) -> str:
    """Three digits that count, and a power of thousand by its letter."""
    for power, letter in _POWERS:
        if abs(value) >= power:
            return f"{_digits(value / power)} {letter}"
    return _digits(value)


def result_table(result: Result) -> str:
    """The tables of one benchmark, with the reasons below them why something has no result.

    Cases that begin with the same figure share a table.
    """
    alike = groupby(result.cases, key=lambda case: case.figures[0].name)
    parts = [_table(list(cases)) for _, cases in alike]
    verdicts = list(_verdict_lines(result))
    failures = list(_failure_lines(result))
    parts.extend("\n".join(lines) for lines in (verdicts, failures) if lines)
    return "\n\n".join(parts)


def verdict_line(case: CaseResult, verdict: Verdict) -> str:
    """A target, what was reached, and whether that is enough."""
    target = verdict.target
    figure = next(it for it in case.figures if it.name == target.figure)
    sign = "≥" if figure.more_is_better else "≤"
    titles = {peer.key: peer.title for peer in case.peers}
    unit = f"× {titles.get(target.than or '', target.than)}" if target.than else figure.unit
    reached = NOTHING if verdict.reached is None else number(verdict.reached)
    word = {True: "met", False: "**not met**", None: "**no result**"}[verdict.met]
    return (
        f"{case.name}: {titles[target.peer]}, {figure.name} {sign} {target.bound:g} {unit}:"
        f" {reached}, {word}"
    )


def quantity(value: float, unit: str) -> str:
    """A number with its unit; times in the unit that suits them."""
    while unit in _LONGER and abs(value) >= 1000:
        value, unit = value / 1000, _LONGER[unit]
    return f"{number(value)} {unit}".rstrip()


def _digits(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) < 1:
        return f"{value:.2g}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _table(cases: Sequence[CaseResult]) -> str:
    figures = _figures(cases)
    head = ["", "server", *(f"{figure.name}" for figure in figures)]
    return _markdown(head, [row for case in cases for row in _case_rows(case, figures)])


def _figures(cases: Sequence[CaseResult]) -> list[Figure]:
    """Of all cases, in their order, each once."""
    return list({it.name: it for case in cases for it in case.figures}.values())


def _case_rows(case: CaseResult, figures: Sequence[Figure]) -> Iterator[list[str]]:
    for place, peer in enumerate(case.peers):
        cells = [_cell(case, peer.key, it) if it in case.figures else "" for it in figures]
        yield [case.name if place == 0 else "", peer.title, *cells]


def _cell(case: CaseResult, peer: str, figure: Figure) -> str:
    value = case.value(peer, figure)
    if value is None:
        return NOTHING
    absolute = quantity(value, figure.unit)
    other = next((it.key for it in case.peers if it.key in MEASURES), NPM.key)
    ratio = case.ratio(peer, figure, other)
    if ratio is None or peer == other or figure is GENERATOR:
        return absolute
    return f"{number(ratio)} × ({absolute})"


def _verdict_lines(result: Result) -> Iterator[str]:
    for case in result.cases:
        for verdict in case.verdicts():
            yield f"* {verdict_line(case, verdict)}"


def _failure_lines(result: Result) -> Iterator[str]:
    for case in result.cases:
        for key, reasons in case.failures.items():
            title = next(peer.title for peer in case.peers if peer.key == key)
            yield f"* {case.name}: {title} has no result: {reasons[0]}"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    columns = list(zip(head, *rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    lines = [_line(row, widths) for row in (head, *rows)]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(map(str.ljust, cells, widths)) + " |"
