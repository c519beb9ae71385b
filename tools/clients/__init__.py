"""`make clients`: what the generators that integrators use make of the definition, and whether it works."""
