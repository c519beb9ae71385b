"""Stores on DynamoDB: parties."""
