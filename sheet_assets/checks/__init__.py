"""What must hold of each asset: asset checks, built from the contract."""
