"""What Redshift is told, without Redshift: types, rows as CSV, manifests and statements."""
