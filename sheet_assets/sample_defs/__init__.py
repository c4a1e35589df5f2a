"""The sample deployment, as it is shipped: the demo's story and the tests run on it, whatever defs/ holds."""
