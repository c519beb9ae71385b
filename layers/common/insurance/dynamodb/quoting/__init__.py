"""Stores on DynamoDB: quoting."""
