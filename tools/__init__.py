"""Tools for those who build and publish: definition, products, exam, build."""
