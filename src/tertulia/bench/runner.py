"""A whole run: the benchmarks one after the other, each told as soon as it has a result."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tertulia.bench.benchmark import Benchmark, Effort
from tertulia.bench.catalogue import BENCHMARKS
from tertulia.bench.cores import are_apart
from tertulia.bench.errors import CannotMeasure
from tertulia.bench.machine import describe
from tertulia.bench.markdown import result_table, verdict_line
from tertulia.bench.publishing import check_library, publish
from tertulia.bench.results import Result, missed
from tertulia.bench.workshop import Workshop

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """What is asked of a run."""

    folder: Path
    only: Sequence[str] = ()
    full: bool = False
    publish: Path | None = None
    """The folder of the documentation, where the results are to be a page."""


def chosen(only: Sequence[str], *, full: bool) -> list[Benchmark]:
    """The benchmarks of these ids, or all. Raises `CannotMeasure` for an id that there is not."""
    known = {id_.lower(): benchmark for benchmark in BENCHMARKS for id_ in benchmark.ids}
    unknown = [name for name in only if name.lower() not in known]
    if unknown:
        ids = ", ".join(id_ for benchmark in BENCHMARKS for id_ in benchmark.ids)
        raise CannotMeasure("benchmark", f"no {unknown[0]}", name=unknown[0], known=ids)
    if only:
        return list(dict.fromkeys(known[name.lower()] for name in only))
    return [it for it in BENCHMARKS if full or not it.only_full]


def run(wanted: Wanted, tell: Tell) -> list[Result]:
    """Measure, tell the tables, and leave JSON in the folder. Raises `CannotMeasure`."""
    benchmarks = chosen(wanted.only, full=wanted.full)
    if wanted.publish is not None:
        check_library()
    workshop = Workshop(wanted.folder.absolute())
    _build(benchmarks, workshop, Effort(wanted.full))
    if not are_apart():
        tell("There is one core: server and generator share it, and the figures say little.")
    facts = describe(workshop)
    tell("\n".join(f"{name}: {value}" for name, value in facts.items()))
    results = [_run_one(it, workshop, Effort(wanted.full), facts, tell) for it in benchmarks]
    tell(_summary(results))
    if wanted.publish is not None:
        tell(f"\nwritten: {publish(workshop.folder, wanted.publish)}")
    return results


def _build(benchmarks: Sequence[Benchmark], workshop: Workshop, effort: Effort) -> None:
    """All programs before the first is measured: nobody waits half an hour to hear what is missing."""
    cases = [case for benchmark in benchmarks for case in benchmark.cases(effort)]
    workshop.build_generator()
    for peer in {peer.key: peer for case in cases for peer in case.peers}.values():
        peer.build(workshop)


def _run_one(
    benchmark: Benchmark, workshop: Workshop, effort: Effort, facts: dict[str, str], tell: Tell
) -> Result:
    tell(f"\n── {benchmark.id} {benchmark.title}")
    began = time.monotonic()
    result = benchmark.run(workshop, effort, tell)
    _keep(workshop.folder / f"{benchmark.id}.json", result, facts, effort)
    tell(f"\n{result_table(result)}\n({time.monotonic() - began:.0f} s)")
    return result


def _keep(path: Path, result: Result, facts: dict[str, str], effort: Effort) -> None:
    kept: dict[str, Any] = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "full": effort.full,
        "machine": facts,
        "markdown": result_table(result),
        **result.as_json(),
    }
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _summary(results: Sequence[Result]) -> str:
    open_ones = missed(results)
    if not open_ones:
        return "\nAll targets are met."
    lines = [f"* {result.id} {verdict_line(case, it)}" for result, case, it in open_ones]
    return "\n".join(["\nTargets that are not met:", *lines])
