"""Folding: what an update makes of what is held, and every way in which it may be wrong."""

import pytest

from flagd.ruleset import RulesetError
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.subscriber.folding import fold, is_quick, subject
from flagd.sync.update import UnknownBaseError, compress, make_update
from flagd.v1.ruleset_pb2 import CompressedUpdate, Heartbeat, Oversize, Removal, SubscribeResponse
from tests.unit.flagd.ruleset.contents import many

BEFORE, AFTER = many(5), many(5, f1=1)
EMPTY, HELD = HashedRuleset.empty("p"), HashedRuleset.of(BEFORE)


def plain(after, before=None, **lies):
    update = make_update(before, after)
    for name, value in lies.items():
        setattr(update, name, value)
    return SubscribeResponse(update=update)


def packed(after, before=None, **lies):
    data = compress(make_update(before, after).SerializeToString())
    told = {"project": after.project, "revision": after.revision, "gzip": data, **lies}
    return SubscribeResponse(compressed_update=CompressedUpdate(**told))


@pytest.mark.parametrize("form", [plain, packed])
@pytest.mark.parametrize(
    ("base", "held"), [(None, EMPTY), (None, HashedRuleset.of(BEFORE)), (BEFORE, HashedRuleset.of(BEFORE))]
)
def test_a_whole_update_and_one_that_differs_lead_to_the_same_ruleset(form, base, held):
    assert fold(form(AFTER, base), held).ruleset == AFTER


@pytest.mark.parametrize("form", [plain, packed])
def test_a_gap_between_what_is_held_and_what_an_update_differs_from_is_an_error(form):
    with pytest.raises(UnknownBaseError, match="is not held"):
        fold(form(AFTER, BEFORE), HashedRuleset.of(many(4)))


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (plain(AFTER, revision="0" * 64), "the content is that of revision"),
        (packed(AFTER, gzip=b"no gzip"), "damaged"),
        (packed(AFTER, gzip=compress(b"\xff\xff\xff")), "is not an Update"),
        (packed(AFTER, gzip=compress(make_update(None, AFTER).SerializeToString())[:-9]), "cut short"),
        (packed(AFTER, project="other"), "another project or revision"),
        (packed(AFTER, revision=BEFORE.revision), "another project or revision"),
    ],
)
def test_what_is_not_what_it_says_is_an_error(response, message):
    with pytest.raises(RulesetError, match=message):
        fold(response, EMPTY)


def test_only_what_is_answered_has_a_subject():
    removal = SubscribeResponse(removal=Removal(project="p"))
    others = [SubscribeResponse(heartbeat=Heartbeat()), SubscribeResponse(oversize=Oversize(project="p"))]
    assert [subject(one) for one in (plain(AFTER), packed(AFTER))] == [("p", AFTER.revision)] * 2
    assert subject(removal) == ("p", "")
    assert [subject(one) for one in others] == [None, None]


def test_what_is_whole_or_compressed_takes_long():
    assert [is_quick(one) for one in (plain(AFTER, BEFORE), plain(AFTER), packed(AFTER, BEFORE))] == [
        True,
        False,
        False,
    ]
