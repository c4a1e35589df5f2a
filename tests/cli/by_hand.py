"""Google Sheets, S3 and Redshift as any script uses them: no code of this package."""

from __future__ import annotations

import json
import os

import boto3
import gspread
import psycopg2
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials


class Redirect(requests.adapters.HTTPAdapter):
    """Sends what is meant for Google to GOOGLE_API_ENDPOINT: gspread has no variable for it."""

    def send(self, request, **kwargs):  # noqa: D102 - as its base class has it
        path = request.url.split("/", 3)[3]
        request.url = f"{os.environ['GOOGLE_API_ENDPOINT']}/{path}"
        return super().send(request, **kwargs)


def google() -> gspread.Client:
    key = Credentials.from_service_account_file(
        os.environ["GOOGLE_APPLICATION_CREDENTIALS"], scopes=gspread.auth.DEFAULT_SCOPES
    )
    tokens = requests.Session()
    session = AuthorizedSession(key, auth_request=Request(tokens))
    for each in (tokens, session):
        each.mount("https://", Redirect())
    return gspread.Client(auth=key, session=session)


def redshift() -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=os.environ["REDSHIFT_HOST"],
        port=os.environ["REDSHIFT_PORT"],
        dbname=os.environ["REDSHIFT_DATABASE"],
        user=os.environ["REDSHIFT_USER"],
        password=os.environ["REDSHIFT_PASSWORD"],
        sslmode=os.environ["REDSHIFT_SSLMODE"],
        sslrootcert=os.environ["REDSHIFT_SSLROOTCERT"],
    )


def main() -> None:
    """Write to all three and read it back; COPY takes the object from S3 into Redshift."""
    found = {}

    worksheet = google().open_by_key("nps-survey").worksheet("Responses")
    found["header"] = worksheet.row_values(1)
    worksheet.update([["by hand"]], "D2")
    found["cell"] = worksheet.acell("D2").value

    s3 = boto3.client("s3")
    bucket = os.environ["SHEET_ASSETS_S3_BUCKET"]
    s3.put_object(Bucket=bucket, Key="by-hand.csv", Body=b"1,one\n2,two\n")
    found["object"] = s3.get_object(Bucket=bucket, Key="by-hand.csv")["Body"].read().decode()

    connection = redshift()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE by_hand (id integer, name varchar(10))")
            cursor.execute(
                f"COPY by_hand FROM 's3://{bucket}/by-hand.csv' "
                f"IAM_ROLE '{os.environ['REDSHIFT_IAM_ROLE']}' CSV"
            )
            cursor.execute("SELECT id, name FROM by_hand ORDER BY id")
            found["rows"] = cursor.fetchall()
    finally:
        connection.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
