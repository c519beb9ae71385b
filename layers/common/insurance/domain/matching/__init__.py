"""Which records are of one customer: fields compared, weighed and explained."""
