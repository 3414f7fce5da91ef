"""Recipes as data: one TOML file a table or figure of the paper, and those that go beyond it."""
