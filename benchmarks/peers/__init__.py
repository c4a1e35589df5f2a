"""Other ways to do the same: each module is a script, and imports nothing of sheet_assets."""
