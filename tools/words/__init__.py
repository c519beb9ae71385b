"""What each field and parameter of the API means: read by the definition's generator, by no function."""
