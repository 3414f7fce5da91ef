"""Variations: the latent factors of an image. One file each; `chain` puts them in order."""
