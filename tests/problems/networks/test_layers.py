import numpy as np
import pytest

from gdlab.problems.networks.layers import Layer, Network

RNG = np.random.default_rng(0)


def test_the_layout_of_2_4_1_is_the_documented_one():
    w = np.arange(17)
    hidden, output = Network((2, 4, 1)).layers
    np.testing.assert_array_equal(hidden.weights(w), [[0, 1, 2, 3], [4, 5, 6, 7]])
    np.testing.assert_array_equal(hidden.biases(w), [8, 9, 10, 11])
    np.testing.assert_array_equal(output.weights(w), [[12], [13], [14], [15]])
    np.testing.assert_array_equal(output.biases(w), [16])


@pytest.mark.parametrize(
    ("sizes", "bias", "parameters"),
    [
        ((2, 2, 1), True, 9),
        ((2, 4, 1), True, 17),
        ((2, 4, 1), False, 12),
        ((64, 64, 10), True, 4810),
        ((3, 1), True, 4),
    ],
)
def test_number_of_parameters(sizes, bias, parameters):
    assert Network(sizes, bias=bias).dim == parameters


def test_affine_is_weights_with_the_biases_as_last_row():
    layer = Layer(begin=3, inputs=2, outputs=4)
    w = RNG.normal(size=20)
    np.testing.assert_array_equal(layer.affine(w), np.vstack([layer.weights(w), layer.biases(w)]))


@pytest.mark.parametrize("bias", [True, False])
def test_a_network_is_its_layers_one_after_the_other(bias):
    network = Network((3, 5, 4, 2), "tanh", bias)
    w, x = RNG.normal(size=network.dim), RNG.normal(size=(7, 3))
    a, b, c = network.layers
    h = np.tanh(x @ a.weights(w) + (a.biases(w) if bias else 0))
    h = np.tanh(h @ b.weights(w) + (b.biases(w) if bias else 0))
    expected = h @ c.weights(w) + (c.biases(w) if bias else 0)
    np.testing.assert_allclose(network(w, network.prepare(x)), expected, rtol=1e-12)


def test_without_biases_a_network_is_odd_if_its_activation_is():
    network = Network((2, 3, 1), "tanh", bias=False)
    w, x = RNG.normal(size=network.dim), RNG.normal(size=(4, 2))
    np.testing.assert_allclose(network(w, network.prepare(-x)), -network(w, network.prepare(x)))


def test_each_layer_is_spread_for_its_own_size():
    network = Network((2, 400, 1))
    w = network.initial(np.random.default_rng(0), "he")
    hidden, output = network.layers
    assert np.std(hidden.affine(w)) == pytest.approx(1.0, rel=0.1)  # √(2/2)
    assert np.std(output.weights(w)) == pytest.approx(np.sqrt(2 / 400), rel=0.1)
