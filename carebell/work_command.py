"""`carebell work`: another machine, or another process, for a city's plan."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

NO_DATABASE: Final = "Name the database in CAREBELL_DATABASE_URL: no Carebell runs in this folder."


def work(
    pieces: Annotated[
        int | None, typer.Option(min=1, help="Solved at once; default: CAREBELL_WORKER_PIECES.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Cores for each; default: CAREBELL_WORKER_THREADS.")
    ] = None,
    data_dir: Annotated[
        Path,
        typer.Option(envvar="CAREBELL_DATA_DIR", help="Folder in which a Carebell may run."),
    ] = Path(".carebell"),
) -> None:
    """Help a city's plan along: solve pieces of it until Ctrl-C, on any machine.

    The database is the one that CAREBELL_DATABASE_URL names, or that of the Carebell that runs in
    the data folder.
    """
    from carebell.reaching import running
    from kernel.settings import Settings

    url = Settings().database_url.get_secret_value()
    if not url:
        found = running(data_dir)
        if found is None:
            typer.secho(NO_DATABASE, fg=typer.colors.RED, err=True)
            raise typer.Exit(1)
        url = found.database_url
    env = {"CAREBELL_DATABASE_URL": url}
    env |= {"CAREBELL_WORKER_PIECES": str(pieces)} if pieces else {}
    env |= {"CAREBELL_WORKER_THREADS": str(threads)} if threads else {}
    worker = [sys.executable, "-P", "-m", "carebell.run", "worker"]
    os.execve(sys.executable, worker, {**os.environ, **env})  # noqa: S606
