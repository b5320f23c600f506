"""A plug-in of pytest with two uses: which test passes through which line, and running chosen tests alone.

``MUTANTS_MAP=folder``: writes ``<worker>.json`` there — what each test took, and for each line of the rooms the tests that ran it, with ``SETUP`` behind the
id where only what was set up for a test did: others may share that.
``MUTANTS_TESTS=file``: runs only the tests whose ids stand in it, in that order, and writes into the file how many it ran. ``MUTANTS_SECONDS``: two numbers of
seconds of the processor, after which no further test begins, and after which the process is killed. Loaded with ``-p tests.mutants.passes``, before anything of the product.
"""

import json
import os
import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path.cwd()
SETUP = " (setup)"
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
_folder = os.environ.get("MUTANTS_MAP")
_chosen = os.environ.get("MUTANTS_TESTS")
_took: dict[str, dict[str, float]] = defaultdict(dict)
_failed: set[str] = set()
_ran = 0
_recorder = None

_enough = 0.0
if _chosen:
    _enough, _most = map(float, os.environ["MUTANTS_SECONDS"].split())
    resource.setrlimit(resource.RLIMIT_CPU, (int(_most), int(_most)))

if _folder and _worker:
    from coverage import Coverage

    rooms = os.environ["MUTANTS_ROOMS"].split()
    _recorder = Coverage(data_file=None, config_file=False, include=[f"{ROOT}/app/{room}/*" for room in rooms])
    _recorder.set_option("run:core", "ctrace")  # the only one that knows contexts on every Python
    _recorder.start()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _chosen:
        wanted = {test: place for place, test in enumerate(json.loads(Path(_chosen).read_text("utf-8")))}
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in wanted])
        items[:] = sorted((item for item in items if item.nodeid in wanted), key=lambda item: wanted[item.nodeid])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    global _ran
    if _chosen and time.process_time() > _enough:
        pytest.skip("its time is over")
    _ran += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    if _recorder:
        _recorder.switch_context(item.nodeid + SETUP)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    if _recorder:
        _recorder.switch_context(item.nodeid)
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if _recorder:
        _took[report.nodeid][report.when] = report.duration
        if not report.passed:
            _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    if _chosen:
        Path(_chosen).write_text(str(_ran), "utf-8")
    if not _recorder or not _folder:
        return
    _recorder.stop()
    data = _recorder.get_data()
    lines = {
        Path(file).relative_to(ROOT).as_posix(): {
            line: [test for test in tests if test] for line, tests in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    tests = {test: took for test, took in _took.items() if test not in _failed}
    Path(_folder, f"{_worker}.json").write_text(json.dumps({"tests": tests, "failed": sorted(_failed), "lines": lines}), "utf-8")
