"""YAML to a validated, immutable experiment; overrides; the JSON schema: see `gdlab.config.resolve`."""
