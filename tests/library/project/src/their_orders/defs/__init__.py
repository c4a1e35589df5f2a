"""One folder a component."""
