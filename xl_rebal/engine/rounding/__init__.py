"""The best whole-share trades: what to buy and sell when only round lots can be traded.

**The measure.** With final quantities q and prices p, a wealth W, the weights w_i = q_i p_i / W and what
is left for cash, w_cash = 1 - sum w_i,

    measure = sum_i (w_i - destination_i)^2 + (w_cash - destination_cash)^2 + sum_i (cost_i / W)^2,
    destination_cash = 1 - sum_i destination_i,

is minimised over all allowed trades that leave final cash (cash to spend + sells - buys - costs, all to
the cent) at 0 or above. W is the wealth after costs that the answer leaves: the search begins with what
the guess would leave and is repeated with the wealth that its answer left, until that or the answer stays
(four times at most, to a millionth; ``wealth_cents`` is the last W). So the weights are those after costs,
but within a search W is a number, and w_cash counts what is paid in costs as cash: were it counted as gone,
spending idle cash on fees would look like an improvement, and shares would be swapped to and fro for it.
What a trade costs counts as a deviation of the same size. Measures within 1e-12 x measure + 1e-18 of the
least are equal; among them the fewest trades win, then the smallest turnover, then the trades that give
more (or take less) to the asset that comes first.

**Bands.** Where bands are given, a list that ends inside all of them (weights after costs) comes before
every list that does not, whatever the measures. The best without bands is found first; only if it ends
outside is the search made again with the bands as limits. Where no list is inside, or none was found,
``outside`` asks for the nearest: least outside in all plus twice the costs, both in money.

**Allowed trades** of an asset: nothing; a whole number of steps up or down that stays within
``lowest`` and ``highest``; or, where ``lowest`` is 0, everything that is held, be it a fraction or
no multiple of the step. A trade is at least ``minimum_cents`` and more than it costs, and that holds for
selling out too: a position smaller than the minimum stays.

**The method** is exact branch and bound. Nothing has an order in which it can be starved: the
assets are settled from the coarsest (price x step) to the finest, each from its best quantity
outwards. The deviations x_i = w_i - destination_i of all assets and cash add to 0, so once some are
settled the others must add to T = -(their sum). For *any* number m the sum of squares of the others is
then at least

    2 m T + sum of the least of (x^2 - 2 m x) = 2 m T - (r + 1) m^2 + sum of the least (x - m)^2

over the r assets left and cash. The last sum holds the whole-share part: the distance from m to the
nearest allowed weight, squared (for cash: how far m is below -destination_cash, costs not counted). With
m = T/(r + 1) and no distances it is the plain bound that spreads T evenly. A node is dropped only when
this bound, with the squared costs of what is settled, is above the best measure found, with tolerance.
Where that is not complete within some hundred quantities, a local search finds a better list to begin with.

**What was checked.** Books of one to four assets (round lots, fractions, costs, tickets, minimum trades,
withdrawals, locked assets, senseless guesses, bands of assets and of groups) against a search through all
that is affordable, in whole numbers and sharing no code with this module: the same measure, number of
trades and turnover, and where nothing is inside the bands the same distance from them; hundreds of such
books in every test run. Ten assets at ordinary prices take milliseconds, and mostly so do fifty; what
makes a proof long is many assets with ticket fees or minimum trades, or a share of 1 beside one of
100,000: after ``NODE_LIMIT`` quantities the best found is returned, unproven.
"""

from xl_rebal.engine.rounding.lines import for_lines
from xl_rebal.engine.rounding.problem import Bands, RoundingProblem, WholeShares
from xl_rebal.engine.rounding.solve import NODE_LIMIT, best_whole_shares

__all__ = [
    "NODE_LIMIT",
    "Bands",
    "RoundingProblem",
    "WholeShares",
    "best_whole_shares",
    "for_lines",
]
