"""The language of product definitions: typed expressions over exact numbers, compiled to Python."""
