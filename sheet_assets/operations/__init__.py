"""The client side of the Dagster webserver's GraphQL: what there is, what ran, what to start."""
