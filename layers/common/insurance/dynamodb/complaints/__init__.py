"""Stores on DynamoDB: complaints."""
