"""What a sheet holds, without Google: addresses, contracts, decoding and encoding of cells."""
