from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy_redshift.commands import CopyCommand, Format

from sheet_assets.sandbox import BUCKET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.client import S3Client

    from sheet_assets.sandbox import Sandbox


@pytest.fixture
def engine(running_sandbox: Sandbox) -> Iterator[sa.Engine]:
    """An engine of sqlalchemy-redshift over psycopg2."""
    redshift = running_sandbox.redshift
    url = sa.URL.create(
        "redshift+psycopg2",
        username=redshift.user,
        password=redshift.password,
        host=redshift.host,
        port=redshift.port,
        database=redshift.database,
    )
    arguments = {
        "sslmode": "verify-full",
        "sslrootcert": str(redshift.certificate_authority),
    }
    engine = sa.create_engine(url, connect_args=arguments)
    yield engine
    engine.dispose()


def test_reflection(engine: sa.Engine, schema: str) -> None:
    """What a table was made with is read back: types, keys, distribution, sorting, encodings."""
    metadata = sa.MetaData(schema=schema)
    sa.Table(
        "parent",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    )
    sa.Table(
        "made",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True, redshift_identity=(0, 1)),
        sa.Column("name", sa.String(30), nullable=False, redshift_encode="zstd"),
        sa.Column("parent", sa.Integer, sa.ForeignKey(f"{schema}.parent.id")),
        sa.Column("day", sa.Date, server_default=sa.text("'2024-01-01'")),
        sa.UniqueConstraint("name", name="one_name"),
        redshift_diststyle="KEY",
        redshift_distkey="id",
        redshift_sortkey=["day", "name"],
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                f"CREATE VIEW {schema}.late AS SELECT name FROM {schema}.made WITH NO SCHEMA BINDING"
            )
        )
    inspector = sa.inspect(engine)
    assert set(inspector.get_table_names(schema=schema)) == {"made", "parent"}
    assert inspector.get_view_names(schema=schema) == ["late"]
    assert inspector.get_pk_constraint("made", schema=schema)["constrained_columns"] == ["id"]
    (foreign,) = inspector.get_foreign_keys("made", schema=schema)
    assert (foreign["constrained_columns"], foreign["referred_table"]) == (["parent"], "parent")
    (unique,) = inspector.get_unique_constraints("made", schema=schema)
    assert (unique["name"], unique["column_names"]) == ("one_name", ["name"])
    options = inspector.get_table_options("made", schema=schema)
    assert options["redshift_diststyle"] == "KEY"
    assert options["redshift_distkey"] == "id"
    assert options["redshift_sortkey"] == ("day", "name")
    with engine.connect() as connection:
        found = engine.dialect._get_schema_column_info(connection, schema=schema)
    columns = {(key.name, column.name): column for key, rows in found.items() for column in rows}
    name = columns["made", "name"]
    assert (name.format_type, name.encode, name.notnull) == ("character varying(30)", "zstd", True)
    assert columns["made", "day"].default == "'2024-01-01'::date"
    assert columns["late", "name"].format_type == "character varying(30)"


@pytest.mark.skipif(
    not sa.__version__.startswith("2.0."),
    reason="sqlalchemy-redshift 1.0 reads types through what SQLAlchemy 2.1 has changed",
)
def test_reflected_types(engine: sa.Engine, schema: str) -> None:
    """A reflected table has the types that it was made with."""
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                f"CREATE TABLE {schema}.typed (id bigint NOT NULL, name varchar(30), p decimal(9,2))"
            )
        )
    table = sa.Table("typed", sa.MetaData(), schema=schema, autoload_with=engine)
    assert isinstance(table.c.id.type, sa.BIGINT)
    assert not table.c.id.nullable
    assert table.c.name.type.length == 30
    assert (table.c.p.type.precision, table.c.p.type.scale) == (9, 2)


def test_frames(engine: sa.Engine, schema: str) -> None:
    """Pandas writes and reads tables."""
    frame = pd.DataFrame(
        {
            "id": [1, 2],
            "name": ["한글", None],
            "at": pd.to_datetime(["2024-01-01 12:00", "2024-02-29 00:00"]),
        }
    )
    frame.to_sql("frames", engine, schema=schema, index=False)
    frame.to_sql("frames", engine, schema=schema, index=False, if_exists="append")
    with engine.connect() as connection:
        read = pd.read_sql(f"SELECT * FROM {schema}.frames WHERE id = 2", connection)
    assert read["id"].tolist() == [2, 2]
    assert read["at"].dt.year.tolist() == [2024, 2024]


def test_copy_construct(
    engine: sa.Engine, schema: str, running_sandbox: Sandbox, s3: S3Client
) -> None:
    """The COPY that the dialect writes loads a file of the sandbox's S3."""
    s3.put_object(Bucket=BUCKET, Key="dialect/a.csv", Body=b"1,x\n2,y\n")
    table = sa.Table(
        "copied", sa.MetaData(schema=schema), sa.Column("a", sa.Integer), sa.Column("b", sa.Text)
    )
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(
            CopyCommand(
                table,
                data_location=f"s3://{BUCKET}/dialect/a.csv",
                iam_role_arns=[running_sandbox.redshift.iam_role],
                format=Format.csv,
            )
        )
    with engine.connect() as connection:
        assert connection.execute(sa.select(table).order_by("a")).fetchall() == [(1, "x"), (2, "y")]
