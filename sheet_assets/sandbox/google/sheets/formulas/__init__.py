"""Formulas: read, moved with the cells they refer to, and computed as Google Sheets does."""
