"""The studio: every latent, every job and every result of a folder, in a browser (`mixreal studio`)."""
