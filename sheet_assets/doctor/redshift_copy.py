"""COPY: a row from S3 with the IAM role, into a temporary table that is rolled back."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import zstandard

from sheet_assets.doctor.finding import Finding
from sheet_assets.doctor.s3 import kms_statements
from sheet_assets.errors import QueryError, SheetAssetsError, WarehouseError
from sheet_assets.warehouse import ddl, statements
from sheet_assets.warehouse.types import TableColumn

if TYPE_CHECKING:
    from sheet_assets.clients.redshift import Session
    from sheet_assets.resources.aws import S3Versions

COPY = "Redshift COPY"
_TABLE = "sheet_assets_doctor"
_COLUMNS = (TableColumn(name="probe", type="integer"),)
_PART = zstandard.compress(b"probe\n1\n")


def copied(session: Session, user: str, s3: S3Versions, iam_role: str) -> Finding:
    """Whether Redshift reads a tiny object below the prefix with the role, as a load does."""
    store = s3.store()
    folder = "/".join(filter(None, [store.prefix.strip("/"), "doctor", uuid.uuid4().hex]))
    part, manifest = f"{folder}/probe.csv.zst", f"{folder}/manifest.json"
    entry = {
        "url": store.objects.url(part),
        "mandatory": True,
        "meta": {"content_length": len(_PART)},
    }
    try:
        try:
            store.objects.write(part, _PART)
            store.objects.write(manifest, json.dumps({"entries": [entry]}).encode())
            _copy(session, store.objects.url(manifest), iam_role)
        finally:
            store.objects.delete(store.objects.versions(folder))
    except QueryError as error:
        database = statements.identifier(str(session.value("SELECT current_database()")))
        who = statements.identifier(user)
        return Finding.failed(
            COPY,
            f"{error} A load goes through a temporary table. As a superuser, run: "
            f"GRANT TEMPORARY ON DATABASE {database} TO {who};",
        )
    except WarehouseError as error:
        return Finding.failed(COPY, f"{error} {_remedy(user, store.bucket, folder, iam_role)}")
    except SheetAssetsError as error:
        return Finding.failed(COPY, error)
    return Finding.ok(COPY, f"reads S3 with the role {iam_role}")


def _copy(session: Session, manifest_url: str, iam_role: str) -> None:
    with session.transaction():
        session.execute(ddl.create_staging(_TABLE, _COLUMNS))
        session.execute(statements.copy(_TABLE, _COLUMNS, manifest_url, iam_role))
        session.execute("ROLLBACK")


def _remedy(user: str, bucket: str, folder: str, iam_role: str) -> str:
    below = folder.rpartition("doctor/")[0]
    policy = [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": f"arn:aws:s3:::{bucket}/{below}*",
        },
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": f"arn:aws:s3:::{bucket}"},
        *kms_statements(["kms:Decrypt"]),
    ]
    assumed = "default" if iam_role == "default" else statements.literal(iam_role)
    return (
        f"REDSHIFT_IAM_ROLE is {iam_role}: associate that role with the cluster or workgroup, give "
        f"its policy the statements {json.dumps(policy)}, and as a superuser run: GRANT ASSUMEROLE "
        f"ON {assumed} TO {statements.identifier(user)} FOR COPY;"
    )
