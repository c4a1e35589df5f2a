"""The sensors: what is watched instead of polling a REST API."""
