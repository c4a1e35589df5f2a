"""SQL of any kind, as the sandbox's Redshift reads it."""

from __future__ import annotations

import contextlib

from any_data import ODD_TEXTS
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sandbox.redshift import lexer
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.rewrite import rewrite
from sheet_assets.sandbox.redshift.statement import Surroundings

STATEMENTS = [
    "COPY a . b ( c , d ) FROM 's3://x/y' IAM_ROLE default MANIFEST CSV QUOTE AS '%' ZSTD IGNOREHEADER 1 NULL AS 'n' DATEFORMAT 'auto' TIMEFORMAT 'YYYY' MAXERROR 3 REGION AS 'r' ENCODING UTF8 ACCEPTINVCHARS '?' COMPUPDATE OFF STATUPDATE",
    "COPY a FROM 's3://x' CREDENTIALS 'aws_iam_role=arn' FORMAT AS PARQUET DELIMITER '|' ESCAPE REMOVEQUOTES FILLRECORD EXPLICIT_IDS NOLOAD IGNOREALLERRORS",
    "UNLOAD ( 'SELECT * FROM a' ) TO 's3://x/y' IAM_ROLE 'arn' FORMAT AS CSV PARALLEL OFF HEADER MAXFILESIZE 5 MB GZIP MANIFEST VERBOSE ALLOWOVERWRITE CLEANPATH ADDQUOTES ESCAPE NULL AS '' REGION 'r'",
    "CREATE TEMP TABLE IF NOT EXISTS a . b ( c int IDENTITY ( 1 , 1 ) ENCODE zstd NOT NULL DISTKEY , d varchar ( 9 ) DEFAULT 'x' SORTKEY , PRIMARY KEY ( c ) , FOREIGN KEY ( d ) REFERENCES e ( f ) ) DISTSTYLE KEY COMPOUND SORTKEY ( c , d ) BACKUP NO",
    "CREATE TABLE a ( LIKE b INCLUDING DEFAULTS ) INTERLEAVED SORTKEY ( c ) ENCODE AUTO",
    "CREATE TABLE #a DISTKEY ( c ) AS SELECT TOP 3 c FROM b",
    "ALTER TABLE a . b ADD COLUMN c varchar ( 9 ) ENCODE lzo DEFAULT 1 , DROP COLUMN d CASCADE , ALTER COLUMN e TYPE varchar ( 3 ) , APPEND FROM f FILLTARGET , ALTER DISTSTYLE ALL , ALTER SORTKEY ( c ) , RENAME TO g",
    "MERGE INTO a USING b ON a . c = b . c WHEN MATCHED THEN UPDATE SET d = b . d WHEN NOT MATCHED THEN INSERT ( c , d ) VALUES ( b . c , 1 ) REMOVE DUPLICATES",
    "CREATE OR REPLACE VIEW a AS SELECT * FROM b WITH NO SCHEMA BINDING",
    "CREATE MATERIALIZED VIEW a BACKUP NO DISTSTYLE EVEN AUTO REFRESH YES AS SELECT 1",
    "SELECT LISTAGG ( a , ',' ) WITHIN GROUP ( ORDER BY a ) OVER ( PARTITION BY b ) , NVL ( c , 0 ) , DATEADD ( month , 1 , d ) , DATEDIFF ( week , d , GETDATE ( ) ) , DECODE ( a , 1 , 'x' ) , CONVERT ( int , '1' ) FROM t WHERE a ILIKE 'x' QUALIFY ROW_NUMBER ( ) OVER ( ORDER BY a ) = 1 ORDER BY 1 LIMIT 2 ; SELECT 2",
    "WITH q AS ( SELECT TOP 2 * FROM a EXCLUDE b ) SELECT APPROXIMATE COUNT ( DISTINCT c ) FROM q MINUS SELECT 1",
    "GRANT SELECT , INSERT ON TABLE a , b TO GROUP c , ROLE d , PUBLIC WITH GRANT OPTION",
    "REVOKE GRANT OPTION FOR ALL ON SCHEMA a FROM b CASCADE",
    "SET enable_case_sensitive_identifier TO true ; SHOW search_path ; RESET ALL",
    "LOCK TABLE a ; TRUNCATE TABLE b ; VACUUM FULL a TO 99 PERCENT BOOST ; ANALYZE VERBOSE a ( b ) PREDICATE COLUMNS",
    "CREATE USER a PASSWORD DISABLE CREATEDB IN GROUP b VALID UNTIL 'infinity' SESSION TIMEOUT 60",
    "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE ; COMMIT WORK",
    "CREATE PROCEDURE a ( ) AS $$ BEGIN END $$ LANGUAGE plpgsql",
]  # fmt: skip
RELATIONS = {"svv_tables": frozenset({"table_name", "a"})}
WORDS = sorted({word for statement in STATEMENTS for word in statement.split()})
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["(", ")", ",", ";", ".", "::", "'", '"', "$$", "--", "/*", "#", "e'\\'"]),
    st.sampled_from(ODD_TEXTS).filter(lambda text: "\0" not in text),
    st.integers().map(str),
    st.text(st.characters(exclude_characters="\0"), max_size=4),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A statement of which pieces were left out, changed, doubled or moved, or nothing like one."""
    words = draw(st.sampled_from(STATEMENTS)).split()
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(words)))
        length = draw(st.integers(0, 3))
        words[place : place + length] = draw(st.lists(PIECES, max_size=3))
    return draw(st.sampled_from([" ", " ", "", "\n"])).join(words)


@examples(150)
@given(texts() | st.lists(PIECES, max_size=12).map(" ".join), st.booleans(), st.booleans())
def test_any_text_is_rewritten_or_refused(text: str, alone: bool, in_transaction: bool) -> None:
    """In an error of the wire, and never with one of Python's own."""
    surroundings = Surroundings(in_transaction=in_transaction)
    with contextlib.suppress(RefusedError):
        rewritten = rewrite(text, surroundings, alone=alone, columns=RELATIONS)
        assert isinstance(rewritten.sql, str)


@examples(80)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text())
def test_tokens_stand_where_they_stood(text: str) -> None:
    """Tokens follow one another, and each is the text between its places."""
    with contextlib.suppress(RefusedError):
        end = 0
        for token in lexer.tokens(text):
            assert token.start >= end
            assert text[token.start : token.end] == token.text
            end = token.end
