"""AWS Secrets Manager and SSM: what a reference names, read and kept for a minute."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from sheet_assets.clients import aws
from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from sheet_assets.clients.aws import Account
    from sheet_assets.secret_reference import SecretReference

# Long enough for the steps of a run, short enough for a secret that is rotated.
KEPT_SECONDS = 60
_RIGHTS = {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameter"}
_kept: dict[tuple[SecretReference, Account], tuple[str, float]] = {}


def read(name: str, reference: SecretReference) -> str:
    """What the setting `name` is, which is kept elsewhere.

    Raises:
        SettingError: AWS does not give it, or it has no such key.
    """
    account = aws.account()
    key = (reference, account)
    kept = _kept.get(key)
    if kept is None or kept[1] < time.monotonic():
        kept = (_asked(name, reference, account), time.monotonic() + KEPT_SECONDS)
        _kept[key] = kept
    return kept[0]


def _asked(name: str, reference: SecretReference, account: Account) -> str:
    client = account.client(reference.service)
    try:
        if reference.service == "ssm":
            found = client.get_parameter(Name=reference.name, WithDecryption=True)
            text = found["Parameter"]["Value"]
        else:
            text = client.get_secret_value(SecretId=reference.name).get("SecretString")
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise SettingError(
            f"{name} is kept in {reference}, and AWS refuses to give it ({code}). Create it in "
            f"{account.region_name}, or correct {name}, or allow "
            f"{_RIGHTS[reference.service]} on it."
        ) from error
    except BotoCoreError as error:
        raise SettingError(
            f"{name} is kept in {reference}, and AWS cannot be asked for it ({error}). Check "
            "AWS_REGION and the AWS credentials."
        ) from error
    finally:
        client.close()
    return _of_json(name, reference, text)


def _of_json(name: str, reference: SecretReference, text: str | None) -> str:
    if text is not None and reference.json_key is None:
        return str(text)
    try:
        found = json.loads(text or "")
    except ValueError:
        found = None
    # Without what stands there: it would be in the error's text, or behind it.
    if not isinstance(found, dict) or not isinstance(found.get(reference.json_key), str | int):
        raise SettingError(
            f"{name} is kept in {reference}, which is no JSON text with a key "
            f"{reference.json_key!r}. Correct what stands behind the # in {name}, or the secret."
        )
    return str(found[reference.json_key])
