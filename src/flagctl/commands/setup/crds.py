"""`flagctl crds`: the CustomResourceDefinitions."""

from __future__ import annotations

import click


@click.command("crds")
def command() -> None:
    """Print the CustomResourceDefinitions as YAML, of the kinds that this version knows.

    \b
    Examples:
      flagctl crds | kubectl apply --server-side -f -
      flagctl crds > crds.yaml
    """
    import yaml

    from flagd.manifest import crds

    click.echo(
        yaml.safe_dump_all(crds(), sort_keys=False, width=110, allow_unicode=True, explicit_start=True), nl=False
    )
