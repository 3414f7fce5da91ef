"""Refining: MrGAN, stacked CycleGANs that bring synthetic and real images together (Sec. 4, App. 5 to 7)."""
