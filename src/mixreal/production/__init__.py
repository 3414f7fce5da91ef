"""Producing datasets of any size: the same ranges of indices over threads, processes, GPUs, machines and clusters."""
