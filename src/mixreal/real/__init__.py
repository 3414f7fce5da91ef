"""Real photos: CIFAR, folders, their splits, and a stand-in."""
