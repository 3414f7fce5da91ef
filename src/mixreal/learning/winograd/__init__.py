"""Convolutions for training on CPUs."""
