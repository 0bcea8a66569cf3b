import importlib
import sys

import pytest

from flagd.process.absent import absent

UNUSED = "xml.dom.domreg"


@pytest.fixture(autouse=True)
def unimported(monkeypatch):
    monkeypatch.delitem(sys.modules, UNUSED, raising=False)


def test_what_is_absent_is_not_found_meanwhile_and_later_it_is():
    with absent(UNUSED), pytest.raises(ImportError):
        importlib.import_module(UNUSED)
    assert importlib.import_module(UNUSED)


def test_what_is_imported_already_stays():
    module = importlib.import_module(UNUSED)
    with absent(UNUSED):
        assert importlib.import_module(UNUSED) is module
    assert sys.modules[UNUSED] is module


def test_an_error_meanwhile_hides_nothing_for_longer():
    with pytest.raises(ZeroDivisionError), absent(UNUSED):
        _ = 1 / 0
    assert importlib.import_module(UNUSED)
