from __future__ import annotations

import asyncio
import json

import yaml
from guarded_instance import Guarded, guarded_app

from sheet_assets.webserver.users import User

EVERYTHING = "{ instance { info hasInfo executablePath runLauncher { name } daemonHealth { allDaemonStatuses { daemonType } } } }"
OPERATOR, VIEWER = User("ann", "operator", ""), User("monitor", "viewer", "")
HIDDEN = {"info": None, "hasInfo": False, "executablePath": "", "runLauncher": None}


def asked(webserver, user):
    """What a user is told of the instance, and whether the daemons' health is in it."""
    with webserver._context(user, None) as context:
        answer = asyncio.run(webserver.gen_graphql_response(context, EVERYTHING, None, None))
    told = json.loads(answer.body)["data"]["instance"]
    assert told.pop("daemonHealth")["allDaemonStatuses"]
    return told


def test_only_an_operator_sees_the_configuration_where_a_setting_allows_it(tmp_path):
    """Viewers and whoever is nobody never, operators by the setting; the daemons' health is told always."""
    with guarded_app(tmp_path, shows_config=True) as (webserver, _):
        assert asked(webserver, VIEWER) == HIDDEN
        assert asked(webserver, None) == HIDDEN
        shown = asked(webserver, OPERATOR)
        assert "run_coordinator" in yaml.safe_load(shown["info"])
        assert (shown["hasInfo"], shown["runLauncher"]) == (True, {"name": "DefaultRunLauncher"})


def test_by_default_nobody_sees_it(guarded: Guarded):
    """Over HTTP, as it is without a setting: an operator is told no more than a viewer."""
    for login in (guarded.operator, guarded.viewer):
        told = guarded.ask(EVERYTHING, login=login).json()["data"]["instance"]
        assert told.pop("daemonHealth")["allDaemonStatuses"]
        assert told == HIDDEN
