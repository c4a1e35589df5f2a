"""The names of Dagster's own code that the webserver with users builds on, and which are gone."""

from __future__ import annotations

from importlib import import_module

from sheet_assets.errors import ServeError

# `module:name`, `module:Class.name`. None of them is promised to stay: `dagster_private.py` is the
# only module that uses them.
NAMES = (
    "dagster_shared.cli:WorkspaceOpts",
    "dagster._cli.workspace.cli_target:workspace_opts_to_load_target",
    "dagster._core.remote_representation.grpc_server_registry:GrpcServerRegistry",
    "dagster._core.workspace.context:WorkspaceProcessContext",
    "dagster._core.workspace.context:WorkspaceProcessContext.create_request_context",
    "dagster._core.workspace.context:WorkspaceRequestContext",
    "dagster._core.workspace.context:WorkspaceRequestContext.get_current_workspace",
    "dagster._core.workspace.context:WorkspaceRequestContext.permissions",
    "dagster._core.workspace.context:WorkspaceRequestContext.show_instance_config",
    "dagster._grpc.constants:GrpcServerCommand.API_GRPC",
    "dagster._grpc.server:GrpcServerProcess.shutdown_server",
    "dagster_webserver.version:__version__",
    "dagster_webserver.webserver:DagsterWebserver",
    "dagster_webserver.webserver:DagsterWebserver._make_request_context",
    "dagster_webserver.webserver:DagsterWebserver.build_graphql_schema",
    "dagster_webserver.webserver:DagsterWebserver.create_asgi_app",
    "dagster_webserver.webserver:DagsterWebserver.download_notebook",
    "dagster_webserver.webserver:DagsterWebserver.gen_graphql_response",
    "dagster_webserver.webserver:DagsterWebserver.graphql_http_endpoint",
    "dagster_webserver.webserver:DagsterWebserver.request_context",
)


def missing(names: tuple[str, ...] = NAMES) -> list[str]:
    """The names that the installed Dagster does not have."""
    return [name for name in names if not _is_there(name)]


def check() -> None:
    """Whether the installed Dagster can be given users.

    Raises:
        ServeError: it lacks a name.
    """
    gone = missing()
    if gone:
        from dagster import __version__  # noqa: PLC0415 - a second, only to be named

        raise ServeError(
            f"Dagster {__version__} lacks what its webserver's users are built on: "
            f"{', '.join(gone)}. Install the Dagster that this package asks for."
        )


def _is_there(name: str) -> bool:
    module, _, path = name.partition(":")
    try:
        found: object = import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return False
    return True
