"""Macro-enabled files made without Excel, read back by tools that have nothing to do with us."""
