"""How each asset is built, one file an asset."""
