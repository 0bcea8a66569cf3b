"""Compiled flags, as SDKs for local evaluation load them."""

import asyncio
import json

import pytest

from flagd.rpc.status import PermissionDenied, Unauthenticated
from tests.unit.flagd.api.amplitude.projects import CLIENT, SERVER, local_project
from tests.unit.flagd.api.projects import snapshots
from tests.unit.flagd.api.requests import request


async def _ask(flags, **headers):
    return {one["key"]: one for one in json.loads((await flags.answer(request(**headers))).body)}


async def test_a_server_key_opens_the_flags_of_its_deployment(flags, store):
    delivered = await _ask(flags, **SERVER)
    assert sorted(delivered) == ["far", "near"]
    assert delivered["near"] == store.snapshots["default"].ruleset.flags["near"]


async def test_a_remote_flag_is_delivered_as_off(flags):
    far = (await _ask(flags, **SERVER))["far"]
    assert far["segments"] == [{"metadata": {"segmentName": "default"}, "variant": "off"}]


async def test_without_a_key_every_flag_is_delivered(flags):
    assert sorted(await _ask(flags)) == ["elsewhere", "far", "near"]


async def test_a_client_key_opens_no_compiled_flags(flags):
    with pytest.raises(PermissionDenied):
        await _ask(flags, **CLIENT)
    with pytest.raises(Unauthenticated):
        await _ask(flags, authorization="Api-Key wrong")


async def test_a_revision_is_encoded_once_for_all_who_ask(flags):
    one, other = await asyncio.gather(*(flags.current(request(**SERVER)) for _ in range(2)))
    assert one is other


async def test_a_new_revision_is_delivered(flags, store):
    before = await _ask(flags, **SERVER)
    store.replace(snapshots(local_project("blue")))
    after = await _ask(flags, **SERVER)
    assert "blue" in after["near"]["variants"]
    assert before["far"] == after["far"]
