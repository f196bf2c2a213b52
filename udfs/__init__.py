"""The Excel side: worksheet functions and macros for xlwings, made from the catalogue."""
