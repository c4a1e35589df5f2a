"""The Drive API v3 and the files behind it."""
