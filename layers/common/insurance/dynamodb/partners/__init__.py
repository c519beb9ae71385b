"""Stores on DynamoDB: partners and their applications."""
