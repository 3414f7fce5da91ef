"""A dataset in forms that other programs read, a file a form."""
