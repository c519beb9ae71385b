"""Reading strangers' files row by row, in flat memory: CSV, JSON Lines, Excel."""
