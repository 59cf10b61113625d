"""What is in `deploy/` names settings, services and files that are there, and is what its readers take."""

import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tertulia.runtime.services import NAMES
from tertulia.runtime.settings import Settings
from tests.architecture.tree import ROOT

DEPLOY = ROOT / "deploy"
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(path):
    named = set(re.findall(r"\bTERTULIA_([A-Z_]+)", path.read_text("utf-8")))
    assert {name.lower() for name in named} <= Settings.model_fields.keys()


def test_the_split_runs_every_service_and_presence_once():
    services = yaml.safe_load((DEPLOY / "compose.split.yaml").read_text("utf-8"))["services"]
    run = [
        service["environment"]["TERTULIA_SERVICES"]
        for service in services.values()
        if "TERTULIA_SERVICES" in service.get("environment", {})
    ]
    assert set(run) == set(NAMES)
    assert run.count("presence") == 1


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_volumes_and_networks_are_declared_and_nothing_runs_as_root_of_all(path):
    told = yaml.safe_load(path.read_text("utf-8"))
    for service in told["services"].values():
        assert set(service.get("networks", ())) <= set(told.get("networks", ()))
        named = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert {name for name in named if "/" not in name} <= set(told["volumes"])
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_the_image_copies_what_is_there_and_ends_without_root():
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []
    assert re.findall(r"^(?:USER|CMD) .*", text, re.MULTILINE)[0] == "USER tertulia"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(path, tmp_path):
    text = path.read_text("utf-8").replace("/opt/tertulia/bin/tertulia", sys.executable)
    unit = tmp_path / path.name.replace("@", "@8000")
    unit.write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    assert said == []
