"""A config with a `sweep` to cells, each an experiment of its own: see `gdlab.config.sweep.resolve`.

    sweep:
      grid: {optimizer.lr: {logspace: [1e-4, 1, 9]}, optimizer.name: [gd, momentum, adam]}
      zip: {problem.hidden: [[2], [4]], steps: [4000, 2000]}
      random: {n: 20, seed: 0, space: {optimizer.beta1: {uniform: [0.5, 0.99]}}}
      seeds: 50
      exclude: [{optimizer.name: gd, optimizer.lr: 1}]

The cells are the product of the keys of `grid`, the rows of `zip`, the rows of `random` and `seeds`, without those that
`exclude` matches. Their order is that of these words: the first key of the grid changes slowest, the seed fastest.

In one cell whole values (`optimizer: [{name: gd}, lbfgs]`) come first, then names, then what is below them. As where a
config extends another, `optimizer.name` with another name starts anew: nothing is left of the parameters that the
config gives to its own optimizer; the same name keeps them.
"""
