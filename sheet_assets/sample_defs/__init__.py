"""The sample deployment as shipped: the story and the tests run on it, whatever defs/ holds."""
