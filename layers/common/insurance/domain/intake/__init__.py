"""Files of others become records of ours: mappings, rules and their findings, as pure functions."""
