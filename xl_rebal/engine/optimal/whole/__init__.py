"""Whole shares, tickets, a minimum trade, at most k trades: integer choices, with a bound and its gap."""

from xl_rebal.engine.optimal.whole.problem import WholeShareProblem
from xl_rebal.engine.optimal.whole.solve import WholeAnswer, whole_solve

__all__ = ["WholeAnswer", "WholeShareProblem", "whole_solve"]
