"""What the package costs beside its peers: `python -m benchmarks --help`, and README.md."""
