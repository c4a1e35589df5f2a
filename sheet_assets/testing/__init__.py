"""The sandbox in the tests of a project that uses this package."""
