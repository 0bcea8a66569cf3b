"""`flagctl eval`: which variant a user gets."""

from __future__ import annotations

import click

from flagctl.evaluation.answer import STALE
from flagctl.evaluation.question import Question, question
from flagctl.failure import Refused
from flagctl.output import output_option


@click.command("eval")
@question
@output_option(["table", "json"])
def command(asked: Question, output: str) -> None:
    """Say which variant a user gets, from manifests (PATH) or from a server.

    \b
    Examples:
      flagctl eval flags/ --project shop --flag new-checkout --user '{"user_id": "ann"}'
      flagctl eval flags/ --user @ann.json --output json
      flagctl eval --server localhost:8013 --project shop --flag new-checkout --user - < ann.json
    """
    answer = asked.source().evaluate()
    text = answer.json() if output == "json" else answer.table()
    click.echo(text, nl=bool(text))
    if answer.stale:
        click.echo(STALE, err=True)
    failed = [f"{outcome.flag}: {outcome.error}" for outcome in answer.outcomes if outcome.error]
    if failed:
        raise Refused("\n".join(failed))
