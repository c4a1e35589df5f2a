from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.warehouse.types import ColumnType

TYPES = st.one_of(
    st.sampled_from(
        [
            *("smallint", "integer", "bigint", "real", "double", "boolean"),
            *("date", "time", "timestamp", "timestamptz"),
        ]
    ).map(ColumnType),
    st.integers(1, 65535).map(lambda length: ColumnType("varchar", length=length)),
    st.integers(1, 38).flatmap(
        lambda precision: st.integers(0, precision).map(
            lambda scale: ColumnType("decimal", precision=precision, scale=scale)
        )
    ),
)


@given(TYPES)
def test_type_reads_back(kind):
    """A type is the same after it was written as SQL, in whatever case."""
    assert ColumnType.parse(str(kind)) == kind
    assert ColumnType.parse(f" {str(kind).upper()} ") == kind


@given(st.text() | st.text(alphabet="varchdeimlnt0123456789(), \u0663", max_size=20))
def test_any_text_is_a_type_or_a_value_error(text):
    """Parsing never raises anything but ValueError."""
    try:
        kind = ColumnType.parse(text)
    except ValueError:
        return
    assert ColumnType.parse(str(kind)) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("int", "integer"), ("int2", "smallint"), ("INT4", "integer"), ("int8", "bigint")),
        *(
            ("numeric", "decimal(18,0)"),
            ("decimal(7)", "decimal(7,0)"),
            ("decimal ( 5 , 2 )", "decimal(5,2)"),
        ),
        *(("float4", "real"), ("float", "double precision"), ("float8", "double precision")),
        *(("double", "double precision"), ("bool", "boolean"), ("integer\n", "integer")),
        *(("text", "varchar(256)"), ("varchar", "varchar(256)"), ("varchar (20)", "varchar(20)")),
        *(("character varying(20)", "varchar(20)"), ("Timestamp  with time zone", "timestamptz")),
        *(("timestamp without time zone", "timestamp"), ("time without time zone", "time")),
    ],
)
def test_aliases(text, kind):
    """The usual names of a type, and those of the catalog, are the type that Redshift makes of them."""
    assert str(ColumnType.parse(text)) == kind


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "string",
            "char(3)",
            "bpchar",
            "super",
            "timetz",
            "varchar(",
            "varchar()",
            "varchar(1,2)",
        ),
        *(
            "varchar(max)",
            "date(3)",
            "integer(4)",
            "float(24)",
            "decimal(5,",
            "varchar(\u0663)",
            "varchar(-1)",
        ),
        *("varchar(" + "9" * 5000 + ")", "double  precision x", "İnteger", "\ud800", "varchar(1))"),
    ],
)
def test_what_is_no_type(text):
    """A type that Redshift has not, or that no sheet can fill, is told what types there are."""
    with pytest.raises(ValueError, match="is not a column type; there are smallint"):
        ColumnType.parse(text)


@pytest.mark.parametrize("text", ["varchar(0)", "varchar(65536)", "varchar(999999999)"])
def test_varchar_length(text):
    """A varchar has 1 to 65535 bytes."""
    with pytest.raises(ValueError, match="a varchar has 1 to 65535 bytes"):
        ColumnType.parse(text)


@pytest.mark.parametrize("text", ["decimal(0)", "decimal(0,0)", "decimal(39)", "decimal(5,6)"])
def test_decimal_digits(text):
    """A decimal has 1 to 38 digits, no more of them behind the point."""
    with pytest.raises(ValueError, match="a decimal has 1 to 38 digits"):
        ColumnType.parse(text)
