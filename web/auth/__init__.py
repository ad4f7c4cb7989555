"""Who calls: access tokens checked against the keys that their issuer publishes (docs/api.md)."""
