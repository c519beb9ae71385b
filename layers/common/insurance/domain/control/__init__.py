"""What holds calls back beside roles and scopes: stops, and access policies."""
