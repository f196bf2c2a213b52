"""Lots through time: bases, holding periods, wash sales, gains, and what is paid on them (US rules).

Rates, scope and methods are inputs, and nothing here knows what day it is: ``as_of`` is always given.
"""
