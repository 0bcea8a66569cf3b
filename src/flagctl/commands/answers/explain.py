"""`flagctl explain`: why a user gets a variant."""

from __future__ import annotations

import click

from flagctl.evaluation.answer import STALE
from flagctl.evaluation.question import Question, question
from flagctl.failure import Refused
from flagctl.output import indented, output_option
from flagctl.printable import printable


@click.command("explain")
@question
@output_option(["text", "json"])
def command(asked: Question, output: str) -> None:
    """Say why a user gets a variant, line by line: segments, conditions, bucket.

    A server explains only to callers without a key or with the key of a Server deployment.

    \b
    Examples:
      flagctl explain flags/ --project shop --flag new-checkout --user '{"user_id": "ann"}'
      flagctl explain --server localhost:8013 --project shop --flag new-checkout --user @ann.json
    """
    explained = list(asked.source().explain())
    good = [each for each in explained if not each.error]
    if output == "json":
        click.echo(indented([each.plain for each in good]))
    else:
        texts = ("\n".join(map(printable, each.text.splitlines())) for each in good)
        click.echo("\n\n".join(texts), nl=bool(good))
    if any(each.stale for each in explained):
        click.echo(STALE, err=True)
    failed = [f"{each.flag}: {each.error}" for each in explained if each.error]
    if failed:
        raise Refused("\n".join(failed))
