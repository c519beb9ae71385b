"""Stores on DynamoDB: payments."""
