"""Files of others read into what the book holds: prices by date and symbol."""
