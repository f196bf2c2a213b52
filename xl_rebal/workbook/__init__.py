"""Sheets to model and back: layout, reading, rendering, the file itself."""
