"""`flagctl dashboard`: every flag in a browser."""

from __future__ import annotations

import click

from flagctl.files.manifests import check_there
from flagd.process.address import is_loopback
from flagd.process.extra import require

LISTEN = "127.0.0.1:8020"


@click.command("dashboard")
@click.option(
    "--manifests",
    "paths",
    multiple=True,
    metavar="PATH",
    type=click.Path(),
    help="File or folder of manifests to show; repeat it.",
)
@click.option("--listen", default=LISTEN, show_default=True, metavar="HOST:PORT", help="Where to answer.")
@click.option("--host", "hosts", multiple=True, metavar="NAME", help="Name that browsers may use for it; repeat it.")
def command(paths: tuple[str, ...], listen: str, hosts: tuple[str, ...]) -> None:
    """Show every flag in a browser: its ramp, who serves it, why a user gets what, what an edit would do.

    \b
    Examples:
      flagctl dashboard --manifests flags/
    """
    require("dashboard", "flagctl dashboard")
    host, port = _address(listen)
    for path in paths:
        check_there(path)
    # Imported when needed: every other command starts without a web server.
    from flagctl.dashboard.web.application import application
    from flagctl.dashboard.web.events import Streams
    from flagctl.dashboard.web.files_site import FilesSite
    from flagctl.dashboard.web.server import Edge, listening, serve

    if not paths:
        raise click.UsageError("say what to show: --manifests PATH")
    site = FilesSite(paths)
    streams = Streams(site.inventory)
    app = application(site, site.works, streams, hosts)
    with listening(host, port) as at:
        url = f"http://{_shown(host)}:{at.getsockname()[1]}/"
        serve(app, at, Edge(), lambda: click.echo(f"flags of {site.title} on {url}"), streams.close)


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise click.BadParameter(f'"{listen}" is not HOST:PORT, such as {LISTEN}', param_hint="--listen")
    return host.strip("[]"), int(port)


def _shown(host: str) -> str:
    if is_loopback(f"{host}:0"):
        return "localhost"
    return f"[{host}]" if ":" in host else host
