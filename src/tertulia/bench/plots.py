"""The plots: latency against size, deliveries against load, memory against connections, cost by gateways."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from tertulia.bench.peers import NPM, REALTIME, STOCK
from tertulia.bench.product import PRODUCT

COLOURS = {
    REALTIME.key: "#2f6f5e",
    PRODUCT.key: "#c8902b",
    NPM.key: "#34486f",
    STOCK.key: "#9c4a4a",
}
TITLES = {peer.key: peer.title for peer in (REALTIME, PRODUCT, NPM, STOCK)}
MARKERS = {REALTIME.key: "o", PRODUCT.key: "D", NPM.key: "s", STOCK.key: "^"}
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "tertulia",  # the same data draw the same file
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
}

OTHERS = "other services"
PARTS: dict[str, dict[str, Any]] = {
    "PostgreSQL": {"color": "#34486f"},
    "NATS": {"color": "#7c8db0"},
    OTHERS: {"color": "#b9b2a6"},
    "conversations": {"color": "#c8902b"},
    "gateway-1": {"color": "#2f6f5e"},
    "gateway-2": {"color": "#579f8b"},
    "gateway-3": {"color": "#90c8b8"},
}
"""The layers of a bar from below, by how the names of their parts begin."""

Results = Mapping[str, dict[str, Any]]
Points = dict[str, list[tuple[float, float]]]


def draw_plots(results: Results, folder: Path) -> dict[str, list[str]]:
    """Draw what there are results for; names of files, by the id of the benchmark they belong to."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, list[str]] = {}
    with mpl.rc_context(STYLE):
        for id_, name, draw in _PLOTS:
            if id_ in results:
                _save(folder / name, draw, results)
                drawn.setdefault(id_, []).append(name)
    return drawn


def latency_against_size(axes: Axes, results: Results) -> None:
    """p99 to the last member of a quiet room, by its members."""
    quiet = list(results["B2"]["cases"])
    quiet += [it for it in results.get("room10k", {"cases": []})["cases"] if it["case"][:2] == "1 "]
    _draw(axes, figure_by_size(quiet, "p99 to the last"))
    _logarithmic(axes)
    axes.set_xlabel("members of the room")
    axes.set_ylabel("p99 to the last member, ms")


def deliveries_against_load(axes: Axes, results: Results) -> None:
    """Deliveries per second that came in time, by those that were due."""
    points = in_time_by_load(results["B6"]["cases"][0])
    _draw(axes, points)
    highest = max(load for peer in points.values() for load, _ in peer)
    axes.plot([0, highest], [0, highest], color="#999999", linewidth=0.8, linestyle=":")
    _logarithmic(axes)
    axes.set_xlabel("deliveries due, per second")
    axes.set_ylabel("deliveries in time, per second")


def memory_against_connections(axes: Axes, results: Results) -> None:
    """MiB of resident memory above the start, by connections."""
    cases = results["B3+B4"]["cases"]
    points = figure_by_size(cases, "memory of a connection")
    _draw(axes, {key: [(x, x * y / 1024) for x, y in peer] for key, peer in points.items()})
    axes.set(xlabel="idle connections", ylabel="MiB above the start", ylim=(0, None))


def cost_by_gateways(axes: Axes, results: Results) -> None:
    """CPU of a delivery by the number of gateways: each gateway's share, and below it what serves them all."""
    counts, layers = cost_of_parts(results["B13"]["cases"][-1])
    below = [0.0] * len(counts)
    for layer, costs in layers.items():
        axes.bar(counts, costs, 0.6, bottom=below, label=layer, **PARTS[layer])
        below = [sum(pair) for pair in zip(below, costs, strict=True)]
    axes.set(xlabel="gateways", ylabel="µs of CPU for a delivery", xticks=counts)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5), reverse=True)


def cost_of_parts(case: dict[str, Any]) -> tuple[list[int], dict[str, list[float]]]:
    """The numbers of gateways and, by layer, what it costs with each: of the first round."""
    rounds = next(iter(case["samples"].values()), [{"sizes": {}}])
    sizes = rounds[0]["sizes"]
    layers = {layer: [0.0] * len(sizes) for layer in PARTS}
    for place, sample in enumerate(sizes.values()):
        for part, seconds in sample["cpu"].items():
            layers[_layer(part)][place] += 1e6 * seconds / sample["in_time"]
    return [int(count) for count in sizes], layers


def _layer(part: str) -> str:
    return next((layer for layer in PARTS if part.startswith(layer)), OTHERS)


def figure_by_size(cases: list[dict[str, Any]], figure: str) -> Points:
    """A figure of every peer, by the size of the case; where there is no result there is no point."""
    points: Points = {}
    for case in cases:
        for key, figures in case["figures"].items():
            if figures.get(figure) is not None:
                points.setdefault(key, []).append((case["size"], figures[figure]))
    return points


def in_time_by_load(case: dict[str, Any]) -> Points:
    """Deliveries per second due and come in time, of the steps of each peer's first round.

    Of two tries of a step the better one counts.
    """
    return {
        key: sorted(dict(sorted(_loads(samples[0]["steps"]))).items())
        for key, samples in case["samples"].items()
    }


def _loads(steps: list[dict[str, Any]]) -> Iterator[tuple[float, float]]:
    for step in steps:
        if step["messages"] and step["seconds"] > 0.1:
            members = step["deliveries"] / step["messages"]
            yield step["rate"] * members, step["in_time"] / step["seconds"]


def _logarithmic(axes: Axes) -> None:
    axes.set(xscale="log", yscale="log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())


def _draw(axes: Axes, points: Points) -> None:
    for key, title in TITLES.items():
        if points.get(key):
            x, y = zip(*points[key], strict=True)
            axes.plot(x, y, color=COLOURS[key], marker=MARKERS[key], markersize=4, label=title)
    axes.legend(frameon=False)


def _save(path: Path, draw: Callable[[Axes, Results], None], results: Results) -> None:
    figure = Figure(figsize=(7, 4), layout="constrained")
    draw(figure.add_subplot(), results)
    figure.savefig(path, metadata={"Date": None})


_PLOTS: tuple[tuple[str, str, Callable[[Axes, Results], None]], ...] = (
    ("B2", "latency-against-size.svg", latency_against_size),
    ("B3+B4", "memory-against-connections.svg", memory_against_connections),
    ("B6", "deliveries-against-load.svg", deliveries_against_load),
    ("B13", "cost-by-gateways.svg", cost_by_gateways),
)
