"""Stores on DynamoDB: products."""
