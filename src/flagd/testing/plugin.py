"""Plugin: flags in tests. It does nothing unless the configuration of pytest says where the flags are::

    [tool.pytest.ini_options]
    flagd_flags = "flags.json"   # flagctl compile manifests/ --project shop > flags.json

Then no client of the process reaches a network, and a test says what a flag is: by the fixture ``flags``, the marker
``flags``, or the decorator `every_variant`. A test fails that sets a flag which nobody asks for.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from flagd.client.takeover import standing_in
from flagd.testing.flags import Flags
from flagd.testing.known import Known, UnknownFlagError

if TYPE_CHECKING:
    from collections.abc import Iterator

INI = "flagd_flags"
_EVERY = "flagd_every_variant"
_VARIANT = "flagd_variant"
_FLAGS = pytest.StashKey[Flags]()
_TAKEOVER = pytest.StashKey[Any]()
_OUTPUT = "flagd_given"


def every_variant(flag_key: str) -> pytest.MarkDecorator:
    """Run a test once for every variant of a flag, ``off`` included."""
    mark: pytest.MarkDecorator = getattr(pytest.mark, _EVERY)(flag_key)
    return mark


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting and the option."""
    parser.addini(INI, "File that flagctl compile wrote: the flags that tests may set.", type="string", default="")
    group = parser.getgroup("flagd")
    group.addoption("--flags-report", action="store_true", help="List flags that no test has seen in every variant.")


def pytest_configure(config: pytest.Config) -> None:
    """Stand in for all clients, where the flags are known. Raises UsageError."""
    config.addinivalue_line("markers", "flags(**variants): what flags are in a test: flags(new_checkout='on')")
    config.addinivalue_line("markers", f"{_EVERY}(flag_key): see flagd.testing.every_variant")
    name = config.getini(INI)
    if not name:
        return
    try:
        known = Known.read(config.rootpath / name)
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"{INI}: {error}") from None
    flags = config.stash[_FLAGS] = Flags(known)
    config.stash[_TAKEOVER] = standing_in(flags)
    config.stash[_TAKEOVER].__enter__()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let clients ask their own evaluations again."""
    if (takeover := config.stash.get(_TAKEOVER, None)) is not None:
        takeover.__exit__(None, None, None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests of `every_variant` once for each."""
    keys = [mark.args[0] for mark in metafunc.definition.iter_markers(_EVERY)]
    for number, key in enumerate(keys):
        variants = _known(metafunc.config).variants(key)
        metafunc.fixturenames.append(name := f"{_VARIANT}{number}")
        metafunc.parametrize(name, [(key, variant) for variant in variants], ids=[f"{key}={one}" for one in variants])


@pytest.fixture
def flags(_flagd_test: Flags | None) -> Flags:
    """What flags are in this test: ``flags.set("new-checkout", "on")``."""
    if _flagd_test is None:
        raise pytest.UsageError(f"{INI} is not set: pytest must know which flags there are")
    return _flagd_test


@pytest.fixture(autouse=True)
def _flagd_test(request: pytest.FixtureRequest) -> Iterator[Flags | None]:
    flags = request.config.stash.get(_FLAGS, None)
    if flags is None:
        yield None
        return
    flags.reset()
    try:
        for key, variant in _wanted(request, flags.known).items():
            flags.set(key, variant)
    except UnknownFlagError as error:
        pytest.fail(str(error), pytrace=False)
    yield flags
    unused = flags.unused
    flags.reset()
    if unused:
        pytest.fail(f"set, and never asked for: {', '.join(unused)}", pytrace=False)


def _wanted(request: pytest.FixtureRequest, known: Known) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for mark in reversed(list(request.node.iter_markers("flags"))):  # the nearest mark wins
        for given in mark.args:
            wanted |= given
        wanted |= {known.key_of(name): variant for name, variant in mark.kwargs.items()}
    parameters = getattr(getattr(request.node, "callspec", None), "params", {})
    wanted |= dict(value for name, value in parameters.items() if name.startswith(_VARIANT))
    return wanted


def _known(config: pytest.Config) -> Known:
    flags = config.stash.get(_FLAGS, None)
    if flags is None:
        raise pytest.UsageError(f"{INI} is not set: pytest must know which flags there are")
    return flags.known


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that collects what tests have seen here, where there are several."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None and (flags := session.config.stash.get(_FLAGS, None)) is not None:
        output[_OUTPUT] = [[*pair, count] for pair, count in flags.given.items()]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - of pytest-xdist
    """Take in what tests have seen in another process."""
    flags = node.config.stash.get(_FLAGS, None)
    told = getattr(node, "workeroutput", {}).get(_OUTPUT, [])
    if flags is not None:
        flags.given.update(Counter({(key, variant): count for key, variant, count in told}))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401
    """List the flags that no test has seen in every variant."""
    flags = config.stash.get(_FLAGS, None)
    if flags is None or not config.getoption("--flags-report"):
        return
    terminalreporter.section("flags not tested in every variant")
    for key in sorted(flags.known.flags):
        missing = [one for one in flags.known.variants(key) if not flags.given[key, one]]
        if missing:
            terminalreporter.line(f"{key}: never {', '.join(missing)}")
