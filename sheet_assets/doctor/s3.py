"""S3: the bucket, its region, and a probe object that is written, read, listed and deleted."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from sheet_assets import settings
from sheet_assets.doctor import clock
from sheet_assets.doctor.finding import Finding
from sheet_assets.errors import ObjectAccessError, ObjectCredentialsError, SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.clients.bucket import Bucket
    from sheet_assets.resources.aws import S3Versions

_BODY = b"sheet-assets doctor\n"
BUCKET = "S3 bucket"
PUT = "S3 put"
_OTHERS = ("S3 get", "S3 list", "S3 delete")


def findings(s3: S3Versions) -> Iterator[Finding]:
    """The bucket and its region, the clock, and what may be done below the prefix.

    The probe object is deleted again, in a bucket with versioning for good.
    """
    try:
        store = s3.store()
        found = _region(
            store.objects, store.objects.region(), s3.region_name or settings.require("AWS_REGION")
        )
    except SheetAssetsError as error:
        found = Finding.failed(BUCKET, error)
        # Who may not ask for a bucket may write into it; without credentials nobody may.
        if type(error) is not ObjectAccessError:
            yield found
            yield from (Finding.skipped(what, f"the {BUCKET}") for what in (PUT, *_OTHERS))
            return
    yield found
    yield clock.compared("S3", store.objects.server_time)
    yield from _probed(store.objects, store.prefix)


def _region(bucket: Bucket, region: str, ours: str) -> Finding:
    if region == ours:
        return Finding.ok(BUCKET, f"{bucket.name}, in {region}")
    return Finding.failed(
        BUCKET,
        f"The bucket {bucket.name!r} is in {region}, and AWS_REGION says {ours}. Set "
        f"AWS_REGION={region}; COPY needs the bucket in the region of the cluster, too.",
    )


def _probed(bucket: Bucket, prefix: str) -> Iterator[Finding]:
    key = "/".join(filter(None, [prefix.strip("/"), "doctor", uuid.uuid4().hex]))
    put = _tried(bucket, key, PUT, ["s3:PutObject"], lambda: bucket.write(key, _BODY))
    yield put
    if put.status != "ok":
        for what in _OTHERS:
            yield Finding.skipped(what, f"the {PUT}")
        return
    yield _tried(bucket, key, _OTHERS[0], ["s3:GetObject"], lambda: bucket.read(key) == _BODY)
    yield _tried(bucket, key, _OTHERS[1], ["s3:ListBucket"], lambda: key in bucket.listed(key))
    yield _tried(
        bucket,
        key,
        _OTHERS[2],
        ["s3:ListBucketVersions", "s3:DeleteObjectVersion"],
        lambda: bucket.delete(bucket.versions(key)),
        left=f" The probe {bucket.url(key)} stays until then.",
    )


def _tried(
    bucket: Bucket,
    key: str,
    what: str,
    actions: list[str],
    work: Callable[[], object],
    *,
    left: str = "",
) -> Finding:
    try:
        if work() is False:
            return Finding.failed(what, f"S3 does not give back {bucket.url(key)}, just written.")
    except ObjectCredentialsError as error:
        return Finding.failed(what, f"{error}{left}")
    except ObjectAccessError:
        return Finding.failed(
            what,
            f"S3 does not allow it below s3://{bucket.name}/{_below(key)}. Add to the policy of "
            f"{_who()}: {' and '.join(_statements(bucket.name, key, actions))}{left}",
        )
    except SheetAssetsError as error:
        return Finding.failed(what, f"{error}{left}")
    return Finding.ok(what, f"below {_below(key) or 'no prefix'}")


def _below(key: str) -> str:
    return key.rpartition("doctor/")[0]


def _statements(bucket: str, key: str, actions: list[str]) -> list[str]:
    """The statements to paste: what is about a bucket, and what is about objects, apart."""
    of_bucket = [action for action in actions if "ListBucket" in action]
    of_objects = [action for action in actions if action not in of_bucket]
    arn = f"arn:aws:s3:::{bucket}"
    encrypts = ["kms:GenerateDataKey", "kms:Decrypt"] if "s3:PutObject" in actions else []
    found = [
        *(
            {"Effect": "Allow", "Action": some, "Resource": resource}
            for some, resource in ((of_objects, f"{arn}/{_below(key)}*"), (of_bucket, arn))
            if some
        ),
        *kms_statements(encrypts),
    ]
    return [json.dumps(statement) for statement in found]


def kms_statements(actions: list[str]) -> list[dict[str, Any]]:
    """The statement about the key that objects are encrypted with, where one is set."""
    key = settings.get("SHEET_ASSETS_S3_KMS_KEY_ID")
    return [{"Effect": "Allow", "Action": actions, "Resource": key}] if key and actions else []


def _who() -> str:
    """Whose policy it is, as far as the settings tell."""
    if role := settings.get("SHEET_ASSETS_AWS_ROLE_ARN"):
        return role
    key, profile = settings.get("AWS_ACCESS_KEY_ID"), settings.get("AWS_PROFILE")
    if key:
        return f"the user of the access key {key}"
    return f"the profile {profile}" if profile else "this machine's role"
