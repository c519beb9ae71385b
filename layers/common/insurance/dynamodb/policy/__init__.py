"""Stores on DynamoDB: policy."""
