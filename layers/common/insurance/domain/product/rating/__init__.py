"""From a risk to a price: rate tables, the steps of a tariff, its trace, and many risks at once."""
