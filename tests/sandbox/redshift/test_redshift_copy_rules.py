from __future__ import annotations

import bz2
import gzip
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg2 import extensions

# https://docs.aws.amazon.com/redshift/latest/dg/<page>.html
CONVERSION = "copy-parameters-data-conversion"
FORMAT = "copy-parameters-data-format"
LOAD = "copy-parameters-data-load"
SOURCE = "copy-parameters-data-source-s3"
AUTHORIZATION = "copy-parameters-authorization"
MAPPING = "copy-parameters-column-mapping"
DATES = "r_DATEFORMAT_and_TIMEFORMAT_strings"
RECOGNITION = "automatic-recognition"
UNICODE = "multi-byte-character-load-errors"
PREPARING = "t_preparing-input-data"
COMPRESSION = "copy-parameters-file-compression"


class Case(NamedTuple):
    """A rule of AWS's page: what a file becomes in a table."""

    page: str
    columns: str
    options: str
    body: str | bytes
    rows: list[tuple[Any, ...]]


D = date
T = datetime
CASES = {
    # Formats
    "delimited by |": Case(FORMAT, "a int, b varchar(9)", "", '1|x\n2|"y"\n', [(1, "x"), (2, '"y"')]),
    "DELIMITER tab": Case(FORMAT, "a int, b varchar(9)", r"DELIMITER '\t'", "1\tx\n", [(1, "x")]),
    "DELIMITER octal": Case(FORMAT, "a int, b varchar(9)", r"DELIMITER '\037'", "1\x1fx,|\n", [(1, "x,|")]),
    "a delimiter may end the record": Case(PREPARING, "a int, b varchar(9)", "", "1|x|\n2||\n", [(1, "x"), (2, "")]),
    "CSV": Case(FORMAT, "a int, b varchar(20)", "CSV", '1,"A ""quoted"" word"\n', [(1, 'A "quoted" word')]),
    "CSV QUOTE": Case(FORMAT, "a int, b varchar(20)", "CSV QUOTE AS '%'", '1,%a,"b"%\n', [(1, 'a,"b"')]),
    "CSV DELIMITER": Case(FORMAT, "a int, b varchar(20)", "FORMAT AS CSV DELIMITER ';'", '1;"a;b"\n', [(1, "a;b")]),
    "CSV line breaks": Case(FORMAT, "a int, b varchar(20)", "CSV", '1,"x\r\ny"\r\n2,z\r\n', [(1, "x\r\ny"), (2, "z")]),
    "CSV blanks around quotes": Case(FORMAT, "a int, b varchar(20)", "CSV", '1 , "x" \n', [(1, "x")]),
    "CSV ended by carriage returns": Case(FORMAT, "a int, b varchar(20)", "CSV", "1,x\r2,y\r", [(1, "x"), (2, "y")]),
    "CSV without a last line break": Case(FORMAT, "a int, b varchar(20)", "CSV", "1,x\n2,y", [(1, "x"), (2, "y")]),
    "ESCAPE": Case(CONVERSION, "a int, b varchar(40)", "ESCAPE", "1|The fox\\\njumped\n2|A\\\\B\\\\C\n3|A \\| B\n4|\\012\n", [(1, "The fox\njumped"), (2, "A\\B\\C"), (3, "A | B"), (4, "012")]),
    "ESCAPE and null": Case(CONVERSION, "a int, b varchar(40)", "ESCAPE", "1|\\N\n2|\\\\N\n", [(1, None), (2, None)]),
    "REMOVEQUOTES": Case(CONVERSION, "a int, b varchar(40)", "REMOVEQUOTES", "1|\"a|b\"\n2|'c'\n3|d'e\n", [(1, "a|b"), (2, "c"), (3, "d'e")]),
    "REMOVEQUOTES and ESCAPE": Case(CONVERSION, "a int, b varchar(40)", "REMOVEQUOTES ESCAPE", "1|'A Night\\'s Dream'\n", [(1, "A Night's Dream")]),
    # Compression
    "GZIP": Case(COMPRESSION, "a int", "CSV GZIP", gzip.compress(b"1\n"), [(1,)]),
    "ZSTD": Case(COMPRESSION, "a int", "CSV ZSTD", zstandard.compress(b"1\n"), [(1,)]),
    "BZIP2": Case(COMPRESSION, "a int", "CSV BZIP2", bz2.compress(b"1\n"), [(1,)]),
    # Empty, blank and NULL
    "empty fields": Case(CONVERSION, "a int, b varchar(9), c date, d char(2)", "CSV", "1,,,\n", [(1, "", None, "  ")]),
    "blank fields": Case(CONVERSION, "a int, b varchar(9), c int", "CSV", "1,   ,  \n", [(1, "   ", None)]),
    "EMPTYASNULL": Case(CONVERSION, "a int, b varchar(9), d char(2)", "CSV EMPTYASNULL", "1,,\n2,x,y\n", [(1, None, None), (2, "x", "y ")]),
    "NULL AS ''": Case(CONVERSION, "a int, b varchar(9)", "CSV NULL AS ''", "1,\n", [(1, None)]),
    "BLANKSASNULL": Case(CONVERSION, "a int, b varchar(9)", "CSV BLANKSASNULL", "1,   \n2,\n3,x \n", [(1, None), (2, ""), (3, "x ")]),
    "NULL is \\N": Case(CONVERSION, "a int, b varchar(9), c int", "", "1|\\N|\\N\n2|N|3\n", [(1, None, None), (2, "N", 3)]),
    "NULL AS": Case(CONVERSION, "a int, b varchar(9), c int", "CSV NULL AS 'nil'", "1,nil,nil\n2,\\N,2\n", [(1, None, None), (2, "\\N", 2)]),
    "NULL AS '\\0'": Case(CONVERSION, "a int, b varchar(9)", "NULL AS '\\0'", "1|\0\n2|x\n", [(1, None), (2, "x")]),
    "NUL ends a record": Case(CONVERSION, "a int, b varchar(9)", "", "1|x\0\n", [(1, "x")]),
    "TRIMBLANKS": Case(CONVERSION, "a int, b varchar(9), c char(3)", "CSV TRIMBLANKS", "1, x  ,y\n", [(1, " x", "y  ")]),
    # Numbers
    "decimals are truncated": Case(CONVERSION, "a decimal(8,2), b decimal(4,0)", "CSV", "20.259,1.9\n-0.999,-1.9\n", [(Decimal("-0.99"), Decimal(-1)), (Decimal("20.25"), Decimal(1))]),
    "ROUNDEC": Case(CONVERSION, "a decimal(8,2), b decimal(4,0)", "CSV ROUNDEC", "20.259,1.5\n", [(Decimal("20.26"), Decimal(2))]),
    "numbers with signs": Case("r_Numeric_types201", "a smallint, b bigint, c float8", "CSV", "+1,-9223372036854775808,1e3\n-32768,9223372036854775807,.5\n", [(-32768, 9223372036854775807, 0.5), (1, -9223372036854775808, 1000.0)]),
    "booleans": Case("r_Boolean_type", "a int, b boolean", "CSV", "1,TRUE\n2,y\n3,Yes\n4,1\n5,f\n6,no\n7,0\n8,F\n", [(number, number < 5) for number in range(1, 9)]),
    # Texts
    "lengths are bytes": Case(PREPARING, "a int, b varchar(6)", "CSV", "1,한글\n", [(1, "한글")]),
    "TRUNCATECOLUMNS": Case(CONVERSION, "a int, b varchar(4), c char(2)", "CSV TRUNCATECOLUMNS", "1,한글,xyz\n", [(1, "한", "xy")]),
    "ACCEPTINVCHARS": Case(CONVERSION, "a int, b varchar(9)", "CSV ACCEPTINVCHARS", b"1,x\xa4\xa5y\n", [(1, "x??y")]),
    "ACCEPTINVCHARS AS": Case(UNICODE, "a int, b varchar(9)", "CSV ACCEPTINVCHARS AS '^'", b"1,\xe0\xa1\n2,\xef\xbf\xbe\n", [(1, "^^"), (2, "^^^")]),
    "no characters are let in": Case(UNICODE, "a int, b varchar(9)", "CSV", "1,\ufffe\n", [(1, "\ufffe")]),
    "ENCODING UTF16": Case(CONVERSION, "a int, b varchar(9)", "CSV ENCODING UTF16", "1,한\n".encode("utf-16"), [(1, "한")]),
    "ENCODING UTF16BE": Case(CONVERSION, "a int, b varchar(9)", "CSV ENCODING AS UTF16BE", "1,한\n".encode("utf-16-be"), [(1, "한")]),
    # Dates and times
    "dates": Case(CONVERSION, "a date, b timestamp", "CSV", "2026-02-28,2026-02-28 01:02:03.5\n", [(D(2026, 2, 28), T(2026, 2, 28, 1, 2, 3, 500000))]),
    "DATEFORMAT": Case(DATES, "a date", "CSV DATEFORMAT 'MM/DD/YYYY'", "03/31/2003\n", [(D(2003, 3, 31),)]),
    "DATEFORMAT with a month's name": Case(DATES, "a date", "DATEFORMAT AS 'MON DD, YYYY'", "March 31, 2003\nApr 1, 2003\n", [(D(2003, 3, 31),), (D(2003, 4, 1),)]),
    "DATEFORMAT YYMMDD": Case(DATES, "a date", "CSV DATEFORMAT 'YYMMDD'", "030331\n991231\n", [(D(1999, 12, 31),), (D(2003, 3, 31),)]),
    "TIMEFORMAT": Case(DATES, "a timestamp", "CSV TIMEFORMAT 'MM.DD.YYYY HH:MI:SS'", "03.31.2003 18:45:05.123456\n", [(T(2003, 3, 31, 18, 45, 5, 123456),)]),
    "TIMEFORMAT HH12": Case(DATES, "a timestamp", "CSV TIMEFORMAT 'YYYY-MM-DD HH12:MI:SS AM'", "2003-03-31 12:05:00 AM\n2003-03-31 12:05:00 PM\n", [(T(2003, 3, 31, 0, 5),), (T(2003, 3, 31, 12, 5),)]),
    "TIMEFORMAT epochsecs": Case(CONVERSION, "a timestamp", "CSV TIMEFORMAT 'epochsecs'", "1048470365\n0.5\n", [(T(1970, 1, 1, 0, 0, 0, 500000),), (T(2003, 3, 24, 1, 46, 5),)]),
    "TIMEFORMAT epochmillisecs": Case(CONVERSION, "a timestamp", "CSV TIMEFORMAT 'epochmillisecs'", "1048470365123\n", [(T(2003, 3, 24, 1, 46, 5, 123000),)]),
    "DATEFORMAT auto": Case(RECOGNITION, "a date", "CSV DATEFORMAT 'auto'", "J2451187\n1996.008\n19960109 040809\n2019-02-11T05:09:12.195Z\n", [(D(1996, 1, 8),), (D(1996, 1, 9),), (D(1999, 1, 8),), (D(2019, 2, 11),)]),
    "TIMEFORMAT auto": Case(RECOGNITION, "a timestamp", "CSV TIMEFORMAT 'auto'", "1996-01-08\n1997-12-17 07:37:16-08\n12/18/1997 07:37:16.00\n19 Dec 07:37:16 1997\n", [(T(1996, 1, 8),), (T(1997, 12, 17, 7, 37, 16),), (T(1997, 12, 18, 7, 37, 16),), (T(1997, 12, 19, 7, 37, 16),)]),
    "TIMESTAMPTZ": Case(DATES, "a timestamptz", "CSV", "2026-01-01 09:00:00+09\n2026-01-01 01:00:00\n", [("2026-01-01 00:00:00+00",), ("2026-01-01 01:00:00+00",)]),
    "ACCEPTANYDATE": Case(CONVERSION, "a int, b date", "CSV ACCEPTANYDATE DATEFORMAT 'auto'", "1,00/00/00 00:00:00\n2,2026-01-01\n", [(1, None), (2, D(2026, 1, 1))]),
    # Records and columns
    "IGNOREHEADER": Case(CONVERSION, "a int", "CSV IGNOREHEADER AS 2", "x\ny\n1\n", [(1,)]),
    "IGNOREBLANKLINES": Case(CONVERSION, "a int, b varchar(9)", "CSV IGNOREBLANKLINES", "\n1,x\n\n2,y\n\n", [(1, "x"), (2, "y")]),
    "FILLRECORD": Case(CONVERSION, "a int, b varchar(9), c int, d char(2)", "CSV FILLRECORD", "1\n2,x\n", [(1, "", None, None), (2, "x", None, None)]),
    "FILLRECORD EMPTYASNULL": Case(CONVERSION, "a int, b varchar(9)", "CSV FILLRECORD EMPTYASNULL", "1\n", [(1, None)]),
    "NOLOAD": Case(LOAD, "a int", "CSV NOLOAD", "1\n", []),
    "COMPUPDATE, STATUPDATE and COMPROWS": Case(LOAD, "a int", "CSV COMPUPDATE PRESET STATUPDATE COMPROWS 1000 REGION 'us-east-1'", "1\n", [(1,)]),
    "IDENTITY is numbered": Case(MAPPING, "a bigint IDENTITY(1, 1), b varchar(9)", "CSV", "x\n", [(1, "x")]),
    "EXPLICIT_IDS": Case(CONVERSION, "a bigint IDENTITY(1, 1), b varchar(9)", "CSV EXPLICIT_IDS", "7,x\n", [(7, "x")]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_rule(cursor: extensions.cursor, put: Callable[[str, str | bytes], str], name: str) -> None:
    """A file becomes what AWS's page says."""
    case = CASES[name]
    url = put("file", case.body)
    cursor.execute(f"CREATE TABLE target ({case.columns})")
    cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default {case.options}")
    timestamptz = "timestamptz" in case.columns
    cursor.execute(f"SELECT {'a::text' if timestamptz else '*'} FROM target ORDER BY target")
    assert cursor.fetchall() == case.rows, case.page


AUTHORIZATIONS = [
    "ACCESS_KEY_ID 'AKIASECRET' SECRET_ACCESS_KEY 'hush'",
    "ACCESS_KEY_ID AS 'AKIASECRET' SECRET_ACCESS_KEY AS 'hush' SESSION_TOKEN 'token'",
    "CREDENTIALS 'aws_access_key_id=AKIASECRET;aws_secret_access_key=hush'",
    "WITH CREDENTIALS AS 'aws_access_key_id=AKIASECRET;aws_secret_access_key=hush;token=t'",
    "CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/sandbox-redshift'",
    "IAM_ROLE 'arn:aws:iam::000000000000:role/sandbox-redshift'",
]


@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
def test_authorization(
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
    caplog: pytest.LogCaptureFixture,
    authorization: str,
) -> None:
    """Each way to reach S3 of copy-parameters-authorization is let in, and no key is told."""
    url = put("a.csv", "1\n")
    cursor.execute("CREATE TABLE target (a int)")
    cursor.execute(f"COPY target FROM '{url}' {authorization} CSV")
    cursor.execute("SELECT query FROM pg_stat_activity UNION ALL SELECT a::text FROM target")
    told = str(cursor.fetchall())
    assert "'1'" in told
    assert "AKIASECRET" not in told + caplog.text
    assert "hush" not in told + caplog.text
