"""The flags that are measured, in compiled form (Amplitude's evaluation format)."""

from __future__ import annotations

from typing import Any

from benchmarks.engines import COUNTRIES

MAXIMUM = 42_949_673
HALF = 21_474_837


def country_flag(key: str) -> dict[str, Any]:
    """Country in a list of three, then 50/50 over two variants; everybody else off."""
    match = [[condition(["country"], "is", list(COUNTRIES))]]
    return _flag(
        key,
        [
            _segment("countries", match, _even_split(key)),
            {"variant": "off", "metadata": {"segmentName": "All Other Users"}},
        ],
    )


def static_flag(key: str) -> dict[str, Any]:
    """The same for everybody."""
    return _flag(key, [{"variant": "a", "metadata": {"segmentName": "All Other Users"}}])


def segments_flag(key: str, segments: int = 10) -> dict[str, Any]:
    """So many segments of three conditions; the last condition of each decides."""
    return _flag(key, [_plan_segment(key, number) for number in range(segments)])


def last_segment_context(user_id: str, country: str, segments: int = 10) -> dict[str, Any]:
    """A context that only the last of these segments matches, if the country is one of the three."""
    properties = {"visits": 40, "plan": f"plan-{segments - 1}"}
    return {"user": {"user_id": user_id, "country": country, "user_properties": properties}}


def mixed_flag(key: str, segments: int = 10) -> dict[str, Any]:
    """So many segments of a list, a version and a number; the number of each decides."""
    return _flag(key, [_mixed_segment(key, number, segments - number) for number in range(segments)])


def mixed_context(user_id: str, country: str) -> dict[str, Any]:
    """A context that only the last of these segments matches; its version and number are this user's alone."""
    number = int(user_id.rpartition("-")[2])
    version = f"4.{number // 10}.{number % 10}"
    properties = {"visits": f"{10 + number / 2_000}"}
    return {"user": {"user_id": user_id, "country": country, "version": version, "user_properties": properties}}


def condition(field: list[str], op: str, values: list[str]) -> dict[str, Any]:
    """One condition on a field of the user."""
    return {"selector": ["context", "user", *field], "op": op, "values": values}


def _plan_segment(key: str, number: int) -> dict[str, Any]:
    match = [
        [
            condition(["country"], "is", list(COUNTRIES)),
            condition(["user_properties", "visits"], "greater or equal", ["10"]),
            condition(["user_properties", "plan"], "is", [f"plan-{number}"]),
        ]
    ]
    return _segment(f"segment {number}", match, _even_split(key))


def _mixed_segment(key: str, number: int, rank: int) -> dict[str, Any]:
    match = [
        [
            condition(["country"], "is", list(COUNTRIES)),
            condition(["version"], "version greater or equal", [f"3.{number}.0"]),
            condition(["user_properties", "visits"], "greater or equal", [str(rank * 10)]),
        ]
    ]
    return _segment(f"segment {number}", match, _even_split(key))


def _flag(key: str, segments: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "key": key,
        "metadata": {"deployed": True, "evaluationMode": "local", "flagType": "release", "flagVersion": 1},
        "segments": segments,
        "variants": {
            "a": {"key": "a", "value": "a"},
            "b": {"key": "b", "value": "b"},
            "off": {"key": "off", "metadata": {"default": True}},
        },
    }


def _segment(name: str, match: list[list[dict[str, Any]]], bucket: dict[str, Any]) -> dict[str, Any]:
    return {"conditions": match, "bucket": bucket, "variant": "off", "metadata": {"segmentName": name}}


def _even_split(salt: str) -> dict[str, Any]:
    distributions = [{"variant": "a", "range": [0, HALF]}, {"variant": "b", "range": [HALF, MAXIMUM]}]
    return {
        "selector": ["context", "user", "user_id"],
        "salt": salt,
        "allocations": [{"range": [0, 100], "distributions": distributions}],
    }
