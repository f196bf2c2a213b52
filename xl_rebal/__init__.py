"""xl_rebal: the portfolio-rebalancing desk that lives in a spreadsheet."""

__version__ = "0.1.0"
