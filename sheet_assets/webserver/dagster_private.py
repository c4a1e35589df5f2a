"""Dagster's webserver, asked by a user: the only module that touches Dagster's private names.

`dagster_names.py` lists them.
"""

import asyncio
import json
import logging
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterInstance
from dagster._cli.workspace.cli_target import workspace_opts_to_load_target
from dagster._core.remote_representation.grpc_server_registry import GrpcServerRegistry
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._grpc.constants import GrpcServerCommand
from dagster_shared.cli import WorkspaceOpts
from dagster_webserver.version import __version__
from dagster_webserver.webserver import DagsterWebserver
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLResolveInfo,
    GraphQLUnionType,
    default_field_resolver,
    get_named_type,
)
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from sheet_assets.webserver.gate import USER
from sheet_assets.webserver.users import User

_LOG = logging.getLogger(__name__)
# As dagster-webserver has them.
_STATEMENT_MILLISECONDS, _POOL_RECYCLE_SECONDS, _POOL_OVERFLOW = 15_000, 3_600, 20
_HEARTBEAT_SECONDS = 45
_PATIENCE_SECONDS = 5
# What tells of the instance's configuration, and what is told in its place.
_CONFIGURATION: Mapping[str, Any] = {"runLauncher": None, "executablePath": ""}
_UNAUTHORIZED = "UnauthorizedError"


class UserRequestContext(WorkspaceRequestContext):
    """A request's view of the workspace, with what its user may do and see."""

    show_instance_config = False
    user_name = ""


class UserWebserver(DagsterWebserver[WorkspaceProcessContext, WorkspaceRequestContext]):
    """Dagster's webserver, read-only for every request whose user is no operator.

    `shows_config`: whether operators see the instance's configuration; viewers never do.
    """

    def __init__(
        self, process_context: WorkspaceProcessContext, prefix: str = "", *, shows_config: bool
    ) -> None:
        self._shows_config = shows_config
        super().__init__(process_context, prefix)

    def _make_request_context(self, conn: HTTPConnection) -> UserRequestContext:
        return self._context(conn.scope.get(USER), conn)

    def _context(self, user: User | None, source: object) -> UserRequestContext:
        made = self._process_context.create_request_context(source)
        is_operator = user is not None and user.is_operator
        context = UserRequestContext(
            instance=made.instance,
            current_workspace=made.get_current_workspace(),
            process_context=self._process_context,
            version=made.version,
            source=source,
            read_only=made.read_only or not is_operator,
        )
        context.show_instance_config = self._shows_config and is_operator
        context.user_name = user.name if user else ""
        return context

    def build_graphql_schema(self) -> Any:
        """Dagster's schema; what its own permissions leave open is closed."""
        schema = super().build_graphql_schema()
        types = schema.graphql_schema
        for name, field in types.mutation_type.fields.items():
            field.resolve = _checked(name, field)
        for name, instead in _CONFIGURATION.items():
            field = types.type_map["Instance"].fields[name]
            field.resolve = _hidden(field, instead)
        return schema

    async def graphql_http_endpoint(self, request: Request) -> Response:
        """GraphQL by POST with a JSON body only: links and forms of other sites send others."""
        if request.method != "POST":
            return _refused(405, "GraphQL is asked by POST.", Allow="POST")
        media_type = request.headers.get("content-type", "").partition(";")[0]
        if media_type.strip().lower() != "application/json":
            return _refused(415, "GraphQL is asked with a body of the type application/json.")
        body = await _json_object(request)
        if body is None:
            return _refused(400, "The body is no JSON object with a query.")
        answer: Response = await super().graphql_http_endpoint(request)
        return answer

    async def download_notebook(self, request: Request) -> Response:
        """Any notebook of the code server's disk, for operators only."""
        with self.request_context(request) as context:
            if context.read_only:
                return _refused(403, "Viewers cannot read notebooks: they are any file's.")
        answer: Response = await super().download_notebook(request)
        return answer

    def answered(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a query of this process's own, read-only and without HTTP."""
        with self._context(None, None) as context:
            response = asyncio.run(self.gen_graphql_response(context, query, dict(variables), None))
        said: dict[str, Any] = json.loads(bytes(response.body))
        return said


@contextmanager
def workspace(instance: DagsterInstance, **options: Any) -> Iterator[WorkspaceProcessContext]:
    """The code locations that `options` name, as `dagster-webserver` loads them.

    Code servers that are started for them end with the block.

    Raises:
        click.UsageError: nothing is named, or not what can be loaded.
    """
    target = workspace_opts_to_load_target(WorkspaceOpts(**options))
    instance.optimize_for_webserver(_STATEMENT_MILLISECONDS, _POOL_RECYCLE_SECONDS, _POOL_OVERFLOW)
    registry = GrpcServerRegistry(
        instance_ref=instance.get_ref(),
        server_command=GrpcServerCommand.API_GRPC,
        heartbeat_ttl=_HEARTBEAT_SECONDS,
        startup_timeout=instance.code_server_process_startup_timeout,
        log_level="INFO",
        wait_for_processes_on_shutdown=False,
    )
    try:
        with (
            registry,
            WorkspaceProcessContext(
                instance, target, version=__version__, grpc_server_registry=registry
            ) as context,
        ):
            yield context
    finally:
        for process in registry._all_processes:  # noqa: SLF001 - Dagster lets them outlive us
            _ended(process.server_process)


@contextmanager
def opened_instance(home: Path) -> Iterator[DagsterInstance]:
    """The instance whose dagster.yaml lies in `home`."""
    with DagsterInstance.from_config(str(home)) as instance:
        yield instance


def _ended(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.terminate()
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _checked(name: str, field: GraphQLField) -> Callable[..., Any]:
    """A mutation that no viewer reaches, unless Dagster itself answers that it is not authorized.

    Dagster's permissions do not cover all of them (logTelemetry, setNuxSeen in 1.13), and a
    later one may be forgotten, too.
    """
    resolve = field.resolve or default_field_resolver
    kind = get_named_type(field.type)
    members = kind.types if isinstance(kind, GraphQLUnionType) else ()
    asks_itself = any(member.name == _UNAUTHORIZED for member in members)

    def checked(root: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        context: UserRequestContext = info.context
        if context.read_only and not asks_itself:
            raise GraphQLError(f"A viewer reads, and starts or changes nothing: {name} is refused.")
        if not context.read_only:
            _LOG.info("%s asked for %s.", context.user_name or "Somebody", name)
        return resolve(root, info, **arguments)

    return checked


def _hidden(field: GraphQLField, instead: Any) -> Callable[..., Any]:
    resolve = field.resolve or default_field_resolver

    def hidden(root: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        context: UserRequestContext = info.context
        return resolve(root, info, **arguments) if context.show_instance_config else instead

    return hidden


async def _json_object(request: Request) -> dict[str, Any] | None:
    try:
        body = await request.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _refused(status: int, sentence: str, **headers: str) -> Response:
    return JSONResponse({"error": sentence}, status, headers)
