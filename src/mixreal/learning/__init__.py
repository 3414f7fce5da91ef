"""Learning: minibatches of two domains, classifiers, the training loop, and what it leaves."""
