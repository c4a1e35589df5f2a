"""The atomic export of a query's rows into a worksheet."""
