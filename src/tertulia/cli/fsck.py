"""`tertulia fsck`: recompute everything that is derived, and say what differs."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tertulia.cli.options import Config, Data
from tertulia.cli.plainly import told_plainly
from tertulia.cli.words import word

if TYPE_CHECKING:
    from tertulia.runtime.fsck import Finding, Report

DIFFERS, CANNOT = 1, 2


def fsck(
    *,
    data: Data = None,
    config: Config = None,
    as_json: Annotated[
        bool, typer.Option("--json", metavar="", help=word("help.fsck.json"))
    ] = False,
) -> None:
    """Check the data; the exit status is 0, 1 where something differs, 2 where it cannot be checked."""
    from tertulia.runtime.configuration import read_configuration  # noqa: PLC0415 - see `app`
    from tertulia.runtime.fsck import check  # noqa: PLC0415

    with told_plainly(otherwise=CANNOT):
        report = check(read_configuration({"data": data, "config": config}).settings.data)
    if as_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        tell_report(report)
    raise typer.Exit(0 if report.clean else DIFFERS)


def tell_report(report: "Report") -> None:
    """A paragraph for each check that found something, and how it ended."""
    for finding in report.findings:
        _tell_finding(finding)
    end = "fsck.clean" if report.clean else "fsck.differs"
    typer.echo(
        word(
            end,
            checks=len(report.checks),
            count=sum(finding.count for finding in report.findings),
            seconds=f"{report.seconds:.1f}",
        )
    )


def _tell_finding(finding: "Finding") -> None:
    should = word(f"fsck.{finding.check}")
    typer.echo(word("fsck.found", name=finding.check, should=should, count=finding.count))
    for difference in finding.differences:
        where = " ".join(f"{name}={value}" for name, value in difference.where.items())
        stored, recomputed = _shown(difference.stored), _shown(difference.recomputed)
        typer.echo(word("fsck.difference", where=where, stored=stored, recomputed=recomputed))
    if finding.count > len(finding.differences):
        typer.echo(word("fsck.more", count=finding.count - len(finding.differences)))


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)


def _as_json(report: "Report") -> dict[str, Any]:
    return {
        "clean": report.clean,
        "seconds": round(report.seconds, 3),
        "checks": list(report.checks),
        "findings": [
            {
                "check": finding.check,
                "count": finding.count,
                "differences": [
                    {
                        "where": dict(each.where),
                        "stored": each.stored,
                        "recomputed": each.recomputed,
                    }
                    for each in finding.differences
                ],
            }
            for finding in report.findings
        ],
    }
