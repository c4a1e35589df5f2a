"""What `sheet-assets doctor` looks at: each credential and right, against the services."""
