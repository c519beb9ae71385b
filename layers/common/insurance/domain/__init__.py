"""Insurance values and rules: given everything, reaching for nothing."""
