"""AWS on one machine: gateway, Lambda, streams, services, as far as the stack uses them."""
