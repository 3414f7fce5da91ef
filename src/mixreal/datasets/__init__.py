"""Datasets on disk: written in shards, rendered in parallel, read, verified, exported."""
