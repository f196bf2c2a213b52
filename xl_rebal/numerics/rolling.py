"""Estimates over a moving window of rows, at a cost that does not grow with the window.

Rows are cut into blocks as long as the window. A window is the tail of one block and the head of the
next, so what is summed up forwards and backwards within the blocks is put together, two pieces a window
(the scheme of M. van Herk, Pattern Recognition Letters 13 (1992), with the moments of Chan, Golub and
LeVeque, The American Statistician 37 (1983)). Nothing outside a window ever enters it and nothing is
subtracted again: a wild row leaves no trace once it is out, and NaN spoils exactly the windows it is in.
"""

from __future__ import annotations

import numpy as np

from xl_rebal.typing import FloatArray


def rolling_mean(values: FloatArray, window: int) -> FloatArray:
    """Mean of the last ``window`` rows on each row of ``values`` (T, n); NaN before there are so many.

    >>> rolling_mean(np.array([[1.0], [2.0], [6.0]]), 2).ravel().tolist()
    [nan, 1.5, 4.0]
    """
    return _over_windows(values, window)[0]


def rolling_deviation(values: FloatArray, window: int) -> FloatArray:
    """Sample standard deviation (n - 1) of the last ``window`` rows on each row of ``values`` (T, n).

    NaN before there are so many; ``window`` is 2 or more.

    >>> rolling_deviation(np.array([[1.0], [3.0], [3.0]]), 2).ravel().tolist()
    [nan, 1.4142135623730951, 0.0]
    """
    return np.sqrt(_over_windows(values, window)[1] / (window - 1))


def rolling_covariance(values: FloatArray, window: int) -> FloatArray:
    """Sample covariance (n - 1) of the last ``window`` rows on each row of ``values`` (T, n); (T, n, n).

    NaN before there are so many; ``window`` is 2 or more. For returns, whose means are small beside their
    deviations: it is the mean of the products less the product of the means.

    >>> rolling_covariance(np.array([[1.0, 0.0], [3.0, 1.0], [3.0, 3.0]]), 2)[1:].tolist()
    [[[2.0, 1.0], [1.0, 0.5]], [[0.0, 0.0], [0.0, 2.0]]]
    """
    size = values.shape[1]
    first, second = np.triu_indices(size)
    moments = rolling_mean(np.hstack([values, values[:, first] * values[:, second]]), window)
    means, products = moments[:, :size], moments[:, size:]
    found = np.empty((len(values), size, size))
    both = (products - means[:, first] * means[:, second]) * (window / (window - 1))
    found[:, first, second] = found[:, second, first] = both
    return found


def last_known(values: FloatArray) -> FloatArray:
    """Each NaN of ``values`` (T, n) as the newest number above it; NaN where there is none yet.

    >>> last_known(np.array([[np.nan], [2.0], [np.nan]])).ravel().tolist()
    [nan, 2.0, 2.0]
    """
    rows = np.where(np.isnan(values), 0, np.arange(len(values))[:, None])
    return np.take_along_axis(values, np.maximum.accumulate(rows, axis=0), axis=0)


def _over_windows(values: FloatArray, window: int) -> tuple[FloatArray, FloatArray]:
    """Mean and sum of squared deviations from it of each window, both (T, n)."""
    count, width = values.shape
    means, squares = np.full((2, count, width), np.nan)
    if count < window:
        return means, squares
    blocks = -(-count // window)
    padded = np.full((blocks * window, width), np.nan)
    padded[:count] = values
    cut = padded.reshape(blocks, window, width)
    head_mean, head_square = (part.reshape(padded.shape) for part in _running(cut))
    tail_mean, tail_square = (
        part[:, ::-1].reshape(padded.shape) for part in _running(cut[:, ::-1])
    )
    first, last = slice(count - window + 1), slice(window - 1, count)  # of each window
    heads = (np.arange(count - window + 1) % window)[:, None]  # its rows in the later block
    apart = np.where(heads > 0, head_mean[last] - tail_mean[first], 0.0)
    means[last] = tail_mean[first] + apart * (heads / window)
    squares[last] = (
        tail_square[first]
        + np.where(heads > 0, head_square[last], 0.0)
        + apart**2 * (heads * (window - heads) / window)
    )
    return means, squares


def _running(cut: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means and sums of squared deviations of the first k rows of each block, k = 1 ... window."""
    size = np.arange(1, cut.shape[1] + 1)[:, None]
    means = np.cumsum(cut, axis=1) / size
    steps = np.zeros_like(cut)
    steps[:, 1:] = (cut[:, 1:] - means[:, :-1]) ** 2 * ((size[1:] - 1) / size[1:])
    steps[:, 0] = cut[:, 0] * 0.0  # NaN stays NaN
    return means, np.cumsum(steps, axis=1)
