"""Stores on DynamoDB: work."""
