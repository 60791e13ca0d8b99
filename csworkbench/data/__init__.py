"""workspace.toml and its sources in, checked canonical tables out, as they were known on a day."""
