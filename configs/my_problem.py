"""Losses for configs that take them from a file: a polynomial through noisy points, in two ways."""

import numpy as np

import gdlab

X = np.linspace(-1, 1, 60)
Y = np.sin(3 * X) + 0.1 * np.random.default_rng(0).standard_normal(60)


def chain(w, stiffness=0.1):
    """A chain of springs between 0 and 1, pushed away from 0."""
    ends = np.concatenate([np.zeros(1), w, np.ones(1)])
    return stiffness * np.sum((ends[1:] - ends[:-1]) ** 2) + np.mean(np.exp(-10 * w))


def fit(degree=3):
    """Mean squared error of a polynomial: a factory, which makes the loss for a degree."""
    table = np.vander(X, degree + 1)

    def loss(w, rows):
        return np.mean((gdlab.take_rows(table, rows) @ w - gdlab.take_rows(Y, rows)) ** 2)

    loss.start = np.zeros(degree + 1)
    loss.rows = len(X)
    return loss
