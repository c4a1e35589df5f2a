"""dlt's verified source google_sheets, as ingestr ships it, into its destination redshift."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import dlt
import httplib2
from dlt.destinations import redshift
from ingestr.src.google_sheets import google_spreadsheet


def main(asked: dict[str, str]) -> dict[str, object]:
    """Import a sheet into a table."""
    go_elsewhere()
    # Out of the environment: dlt would take it for the default of its OAuth credentials.
    account = json.loads(Path(os.environ.pop("GOOGLE_APPLICATION_CREDENTIALS")).read_text())
    pipeline = dlt.pipeline(
        "benchmark",
        pipelines_dir=os.environ["DAGSTER_HOME"],
        dataset_name=asked["schema"],
        destination=redshift(
            {
                "host": os.environ["REDSHIFT_HOST"],
                "port": int(os.environ["REDSHIFT_PORT"]),
                "database": os.environ["REDSHIFT_DATABASE"],
                "username": os.environ["REDSHIFT_USER"],
                "password": os.environ["REDSHIFT_PASSWORD"],
            }
        ),
    )
    source = google_spreadsheet(
        asked["spreadsheet_id"],
        range_names=["Sheet1"],
        credentials=account,
        get_named_ranges=False,
    )
    source.resources["Sheet1"].apply_hints(table_name=asked["table"])
    pipeline.run(source).raise_on_failed_jobs()
    return {"rows": pipeline.last_trace.last_normalize_info.row_counts.get(asked["table"])}


def go_elsewhere() -> None:
    """Send what is meant for Google to GOOGLE_API_ENDPOINT: the source has no option for it."""
    ask = httplib2.Http.request
    there = urlsplit(os.environ["GOOGLE_API_ENDPOINT"])

    def request(http: httplib2.Http, uri: str, *args: Any, **kwargs: Any) -> Any:
        if urlsplit(uri).hostname and urlsplit(uri).hostname.endswith("googleapis.com"):
            uri = urlunsplit((there.scheme, there.netloc, *urlsplit(uri)[2:]))
        return ask(http, uri, *args, **kwargs)

    httplib2.Http.request = request


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
