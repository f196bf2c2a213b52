"""One file for each library that a backtest is compared with; each runs where that library is installed."""
