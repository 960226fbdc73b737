"""``alliance explore``: the page on which one moves a lever and sees the alliance answer."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.options import OutPath
from sim.errors import InputError


@click.command("explore")
@click.argument("scenario", default="")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port; 0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address; by default only this machine can ask.")
@click.option("--no-browser", is_flag=True, help="Say the address and open no browser.")
@click.option("--export", "folder", type=OutPath(), help="Write a page that needs no server into this folder.")
def explore_command(scenario: str, port: int, host: str, no_browser: bool, folder: Path | None) -> None:
    """Open a page in the browser: move levers, see what follows.

    Without SCENARIO the page begins with a choice. Nothing leaves this machine; Ctrl-C ends it.
    """
    if folder is not None:
        _write(folder, scenario)
        return
    from sim.explore.server import bound, first_state, hosts_of, make_app, server

    first = first_state(scenario) if scenario else None
    opened = bound(host, port)
    port = opened.getsockname()[1]
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/"
    app = make_app(hosts_of(host, port), first=first)
    click.echo(f"The page is at {address}\nCtrl-C ends it.")
    if host not in ("127.0.0.1", "localhost", "::1"):
        click.echo("Anyone who reaches this address can use the page; it has no password.", err=True)
    if not no_browser:
        import webbrowser

        webbrowser.open(address)
    server(app).run(sockets=[opened])


def _write(folder: Path, scenario: str) -> None:
    from sim.cli.progress import Progress
    from sim.explore.export import write_page
    from sim.shipped import shipped_names

    if scenario and scenario.removesuffix(".toml") not in shipped_names():
        raise InputError("--export takes a shipped scenario: `alliance list` shows them")
    with Progress("points calculated", quiet=False) as progress:
        written = write_page(folder, scenario.removesuffix(".toml"), progress=progress)
    size = sum(path.stat().st_size for path in written) / 1e6
    click.echo(f"{len(written)} files, {size:.1f} MB. Open {folder / 'index.html'}: no server is needed.")
