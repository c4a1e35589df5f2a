"""The Sheets API v4 and the workbooks behind it."""
