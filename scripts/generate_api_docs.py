"""Generates docs/*-api.md from the comments of the protos; `--check` compares instead of writing."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodOptions,
    ServiceDescriptorProto,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
PAGES = {
    "evaluation": """\
The reference of package `flagd.v1`. How to call it, with limits, keys and errors, is in
[calling-flagd.md](calling-flagd.md).
""",
    "ruleset": """\
How rulesets travel: from the operator to flagd, and from flagd to processes that evaluate for themselves, to restarting
peers, and back to an operator that asks what is served. How flagd uses it is in [running-flagd.md](running-flagd.md).
""",
}
"""Introductions, by the name of the proto."""
SCALARS = {
    number: name.removeprefix("TYPE_").lower()
    for name, number in FieldDescriptorProto.Type.items()
    if name not in {"TYPE_MESSAGE", "TYPE_ENUM"}
}

# Field numbers in descriptor.proto, of which the paths of comments are made.
_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
_MEMBER = 2  # a message's field, an enum's value, a service's method


@dataclass(frozen=True, slots=True)
class Comments:
    """The comment before each element of a file, by the element's path in the descriptor."""

    by_path: dict[tuple[int, ...], str]

    @classmethod
    def of(cls, file: FileDescriptorProto) -> Comments:
        return cls({tuple(each.path): each.leading_comments for each in file.source_code_info.location})

    def at(self, *path: int) -> str:
        return " ".join(self.by_path.get(path, "").split())


def read(source: str) -> FileDescriptorProto:
    """Parse `source` with its comments."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "set"
        options = [f"-I{PROTOS}", f"--descriptor_set_out={out}", "--include_source_info"]
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *options, source], check=True)
        return FileDescriptorSet.FromString(out.read_bytes()).file[0]


def render(name: str) -> str:
    """Return the page about one proto."""
    source = f"flagd/v1/{name}.proto"
    file = read(source)
    comments = Comments.of(file)
    notice = f"<!-- Generated from protos/{source} by scripts/generate_api_docs.py: edit the comments there. -->"
    lines = [f"# {name.title()} API", "", notice, "", PAGES[name]]
    for index, service in enumerate(file.service):
        lines += service_lines(service, comments, index)
    lines += ["## Messages", ""]
    for index, message in enumerate(file.message_type):
        lines += message_lines(message, comments, index)
    lines += ["## Enums", ""]
    for index, enum in enumerate(file.enum_type):
        lines += enum_lines(enum, comments, index)
    return "\n".join(lines).rstrip() + "\n"


def service_lines(service: ServiceDescriptorProto, comments: Comments, index: int) -> Iterator[str]:
    yield from (f"## {service.name}", "", comments.at(_SERVICE, index), "")
    for number, method in enumerate(service.method):
        stream = "stream of " if method.server_streaming else ""
        streamed = "stream of " if method.client_streaming else ""
        yield from (f"### {method.name}", "", comments.at(_SERVICE, index, _MEMBER, number), "")
        safe = method.options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS
        repeat = " · no side effects: safe to repeat" if safe else ""
        yield from (f"{streamed}{_link(method.input_type)} → {stream}{_link(method.output_type)}{repeat}", "")


def message_lines(message: DescriptorProto, comments: Comments, index: int) -> Iterator[str]:
    yield from (f"### {message.name}", "", comments.at(_MESSAGE, index), "")
    yield from ("| field | type | number | meaning |", "|---|---|---|---|") if message.field else ()
    for number, field in enumerate(message.field):
        meaning = comments.at(_MESSAGE, index, _MEMBER, number)
        yield f"| `{field.name}` | {_type(field, message)} | {field.number} | {meaning} |"
    yield ""


def enum_lines(enum: EnumDescriptorProto, comments: Comments, index: int) -> Iterator[str]:
    yield from (f"### {enum.name}", "", comments.at(_ENUM, index), "")
    yield from ("| value | number | meaning |", "|---|---|---|")
    for number, value in enumerate(enum.value):
        yield f"| `{value.name}` | {value.number} | {comments.at(_ENUM, index, _MEMBER, number)} |"
    yield ""


def _type(field: FieldDescriptorProto, message: DescriptorProto) -> str:
    entries = {f".{message.name}.{each.name}": each for each in message.nested_type}
    entry = next((entries[name] for name in entries if field.type_name.endswith(name)), None)
    if entry is not None:
        key, value = entry.field
        return f"map of {_type(key, entry)} to {_type(value, entry)}"
    name = SCALARS[field.type] if field.type in SCALARS else _link(field.type_name)
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return f"repeated {name}"
    return f"optional {name}" if field.proto3_optional else name


def _link(type_name: str) -> str:
    name = type_name.rpartition(".")[2]
    if type_name.startswith(".google.protobuf."):
        return f"[{name}](https://protobuf.dev/reference/protobuf/google.protobuf/)"
    return f"[{name}](#{name.lower()})"


def main() -> int:
    """Write the page, or compare it with what is committed (exit code 1 when it differs)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed page, write nothing")
    arguments = parser.parse_args()
    pages = {ROOT / "docs" / f"{name}-api.md": render(name) for name in PAGES}
    if not arguments.check:
        for path, page in pages.items():
            path.write_text(page)
        return 0
    stale = [path for path, page in pages.items() if not path.exists() or path.read_text() != page]
    for path in stale:
        print(f"docs/{path.name} differs from protos/: run `make generate`", file=sys.stderr)
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
