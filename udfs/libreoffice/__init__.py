"""The worksheet functions as a LibreOffice Calc add-in, built from the catalogue."""
