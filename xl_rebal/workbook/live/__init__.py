"""Writing into a book that is open in a spreadsheet program: all or nothing, and undone on request."""
