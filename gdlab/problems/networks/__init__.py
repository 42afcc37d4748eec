"""Fully connected networks over one flat vector of parameters: layers, activations, criteria, initialisations."""
