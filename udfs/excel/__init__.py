"""Excel's macro-enabled files made without Excel: a VBA project, a ribbon, the parts around them."""
