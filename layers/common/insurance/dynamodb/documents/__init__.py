"""Stores on DynamoDB: documents."""
