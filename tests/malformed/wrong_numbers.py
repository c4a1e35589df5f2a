"""Cells that are no numbers of their column."""

from __future__ import annotations

from bench import wrong

WHOLE = "is not a whole number"
TOO_LONG = "has more digits than a number cell keeps; format the column as plain text"

WHOLE_NUMBERS = [
    wrong("a word in a smallint", "small", "ten", f"'ten' {WHOLE}"),
    wrong("a fraction in an integer", "whole", 1234.567, f"1234.567 {WHOLE}"),
    wrong("half of one, formatted as 50 %, in a smallint", "small", 0.5, f"0.5 {WHOLE}"),
    wrong("a sum with binary noise in a bigint", "big", 0.1 + 0.2, f"0.3 {WHOLE}"),
    wrong("a ticked checkbox in an integer", "whole", True, f"TRUE {WHOLE}"),
    wrong("an empty checkbox in a bigint", "big", False, f"FALSE {WHOLE}"),
    wrong("a thousands separator in an integer", "whole", "1,234", f"'1,234' {WHOLE}"),
    wrong("a thin blank between thousands", "big", "1\u2009234", f"'1\\u2009234' {WHOLE}"),
    wrong("a percentage typed as text in a smallint", "small", "12%", f"'12%' {WHOLE}"),
    wrong("an exponent in a bigint", "big", "1e3", f"'1e3' {WHOLE}"),
    wrong("full-width digits in an integer", "whole", "\uff11\uff12", f"'\uff11\uff12' {WHOLE}"),
    wrong("Arabic digits in a bigint", "big", "\u0664\u0662", f"'\u0664\u0662' {WHOLE}"),
    wrong("a Python literal in an integer", "whole", "1_000", f"'1_000' {WHOLE}"),
    wrong("NaN typed into a smallint", "small", "NaN", f"'NaN' {WHOLE}"),
    wrong("a date with a time in an integer", "whole", 46346.5, f"46346.5 {WHOLE}"),
    wrong("40000 in a smallint", "small", 40000, "40000 is out of range for smallint"),
    wrong(
        "-32769 as text in a smallint", "small", "-32769", "'-32769' is out of range for smallint"
    ),
    wrong("a recognised date in a smallint", "small", 46346, "46346 is out of range for smallint"),
    wrong("3000000000 in an integer", "whole", 3e9, "3000000000 is out of range for integer"),
    wrong(
        "2^31 as text in an integer",
        "whole",
        "2147483648",
        "'2147483648' is out of range for integer",
    ),
    wrong(
        "2^63 as text in a bigint",
        "big",
        str(2**63),
        "'9223372036854775808' is out of range for bigint",
    ),
    wrong("1E+300 in a bigint", "big", 1e300, "1e+300 is out of range for bigint"),
    wrong(
        "five thousand digits in a bigint",
        "big",
        "9" * 5000,
        f"'{'9' * 39}…' is out of range for bigint",
    ),
    wrong("2^53 + 1 as a number in a bigint", "big", 2**53 + 1, f"9007199254740992 {TOO_LONG}"),
    wrong(
        "16 digits below zero as a number in a bigint",
        "big",
        -(2**53) - 2,
        f"-9007199254740994 {TOO_LONG}",
    ),
]

FITS = "does not fit decimal(6,2)"
NUMBER = "is not a number"

DECIMALS = [
    wrong("40000 in a decimal(6,2)", "price", 40000, f"40000 {FITS}"),
    wrong("a number that is rounded beyond the decimal", "price", 9999.995, f"9999.995 {FITS}"),
    wrong("a huge exponent as text in a decimal", "price", "1e999999", f"'1e999999' {FITS}"),
    wrong("1E+300 in a decimal", "price", 1e300, f"1e+300 {FITS}"),
    wrong("2^53 + 1 in a decimal(6,2)", "price", 2**53 + 1, f"9007199254740992 {FITS}"),
    wrong(
        "three decimal places as text", "price", "3.456", "'3.456' has more than 2 decimal places"
    ),
    wrong("a tenth of a cent as text", "price", "0.001", "'0.001' has more than 2 decimal places"),
    wrong("a currency sign in a decimal", "price", "$5", f"'$5' {NUMBER}"),
    wrong("a decimal comma", "price", "1,5", f"'1,5' {NUMBER}"),
    wrong("a sign behind the amount", "price", "5-", f"'5-' {NUMBER}"),
    wrong("an amount in brackets", "price", "(5.00)", f"'(5.00)' {NUMBER}"),
    wrong("a dash for nothing in a decimal", "price", "-", f"'-' {NUMBER}"),
    wrong("NaN in a decimal", "price", "NaN", f"'NaN' {NUMBER}"),
    wrong("a checkbox in a decimal", "price", True, f"TRUE {NUMBER}"),
]

FLOATS = [
    wrong("infinity in a double", "measure", "Infinity", f"'Infinity' {NUMBER}"),
    wrong("inf in a real", "ratio", "-inf", f"'-inf' {NUMBER}"),
    wrong("nan in a real", "ratio", "nan", f"'nan' {NUMBER}"),
    wrong("a checkbox in a double", "measure", False, f"FALSE {NUMBER}"),
    wrong("a hexadecimal number in a double", "measure", "0x1F", f"'0x1F' {NUMBER}"),
    wrong("a fraction sign in a real", "ratio", "½", f"'½' {NUMBER}"),
    wrong("a unit behind a number in a double", "measure", "5 kg", f"'5 kg' {NUMBER}"),
    wrong("1E+39 in a real", "ratio", 1e39, "1e+39 is out of range for real"),
    wrong("-1e39 as text in a real", "ratio", "-1e39", "'-1e39' is out of range for real"),
    wrong("1e309 as text in a double", "measure", "1e309", "'1e309' is out of range for double"),
    wrong(
        "a huge exponent as text in a double",
        "measure",
        "-1e99999",
        "'-1e99999' is out of range for double",
    ),
    wrong("1E-40 in a real", "ratio", 1e-40, "1e-40 is too close to zero for real"),
    wrong("1e-46 as text in a real", "ratio", "1e-46", "'1e-46' is too close to zero for real"),
    wrong(
        "1e-310 as text in a double",
        "measure",
        "1e-310",
        "'1e-310' is too close to zero for double",
    ),
    wrong(
        "the smallest double there is",
        "measure",
        5e-324,
        "4.94065645841247e-324 is too close to zero for double",
    ),
]

TRUTH = "is not TRUE or FALSE"

BOOLEANS = [
    wrong("yes in a boolean", "done", "yes", f"'yes' {TRUTH}"),
    wrong("the number 1 in a boolean", "done", 1, f"1 {TRUTH}"),
    wrong("the text 0 in a boolean", "done", "0", f"'0' {TRUTH}"),
    wrong("a tick typed as a character", "done", "✓", f"'✓' {TRUTH}"),
    wrong("a boolean in German", "done", "WAHR", f"'WAHR' {TRUTH}"),
    wrong("a letter for a boolean", "done", "T", f"'T' {TRUTH}"),
]

CASES = [*WHOLE_NUMBERS, *DECIMALS, *FLOATS, *BOOLEANS]
