"""What a product says of claims: the facts it asks, its rules, and what it pays."""
