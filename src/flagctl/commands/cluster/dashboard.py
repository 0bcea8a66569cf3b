"""`flagctl dashboard`: every flag in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flagctl.files.manifests import check_there
from flagd.process.extra import require

LISTEN = "127.0.0.1:8020"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("dashboard")
@click.option(
    "--manifests",
    "paths",
    multiple=True,
    metavar="PATH",
    type=click.Path(),
    help="File or folder of manifests to show instead of a cluster; repeat it.",
)
@click.option("--listen", default=LISTEN, show_default=True, metavar="HOST:PORT", help="Where to answer.")
@click.option("--host", "hosts", multiple=True, metavar="NAME", help="Name that browsers may use for it; repeat it.")
@click.option("--kubeconfig", type=_FILE, help="Kubeconfig to use; without it as kubectl finds one.")
@click.option("--context", metavar="NAME", help="Context of the kubeconfig; the current one without it.")
@click.option("--namespaces", metavar="NAME,…", default="", help="Only these; for who may not list all.")
@click.option("--sign-in", is_flag=True, help="Have everybody sign in with a token; use nobody else's rights.")
@click.option("--api-server", metavar="URL", help="API server to use without a kubeconfig; implies --sign-in.")
@click.option("--api-server-ca", type=_FILE, help="Certificate of its CA, PEM.")
@click.option("--tls-cert", type=_FILE, help="Answer over HTTPS with this certificate, PEM.")
@click.option("--tls-key", type=_FILE, help="Its key, PEM.")
@click.option("--trust-proxies", metavar="IP,…", default="", help="Believe X-Forwarded-Proto and -For from these.")
@click.option("--operator", metavar="URL", help="The operator's --serving-listen: tells what each replica serves.")
@click.option("--operator-ca", type=click.Path(path_type=Path), help="Certificate of its CA, PEM.")
@click.option("--rollout-verbs", is_flag=True, help="The cluster has the chart's policy rolloutVerbs.")
def command(**given: Any) -> None:  # noqa: ANN401
    """Show every flag in a browser: its ramp, who serves it, why a user gets what, what an edit would do.

    Without --manifests it shows the cluster of the kubeconfig, acts as its user, and prints a link that works once.

    \b
    Examples:
      flagctl dashboard --manifests flags/
      flagctl dashboard --context staging --namespaces shop,web
    """
    require("dashboard", "flagctl dashboard")
    for path in given["paths"]:
        check_there(path)
    if bool(given["tls_cert"]) is not bool(given["tls_key"]):
        raise click.UsageError("--tls-cert and --tls-key go together")
    # Imported when needed: every other command starts without a web server.
    from flagctl.dashboard.live.operator import is_private_url
    from flagctl.dashboard.opening import Options, opened

    if given["operator"] is not None and not is_private_url(given["operator"]):
        wrong = f"{given['operator']} is not https://HOST:PORT, nor http on this machine: tokens are sent there"
        raise click.BadParameter(wrong, param_hint="--operator")

    given["namespaces"] = tuple(filter(None, (name.strip() for name in given["namespaces"].split(","))))
    opened(Options(**given))
